/* page.js -- the status page: log in, see, unblock.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whatever the server tells is put there as text, never as markup. */
"use strict";

const PATIENCE_MS = 5000;
const place = (id) => document.getElementById(id);
let session = null;
let timer = 0;
let turn = 0;

class Stranger extends Error {}

/* An element with attributes and children; texts become text. */
function make(name, attributes, ...children) {
	const element = document.createElement(name);

	for (const [key, value] of Object.entries(attributes || {})) {
		if (key === "onclick" || key === "onsubmit")
			element.addEventListener(key.slice(2), value);
		else
			element.setAttribute(key, value);
	}
	element.append(...children);
	return element;
}

async function call(method, path, body, headers = {}) {
	const wanted = { method, headers: { ...headers }, cache: "no-store" };

	if (session && session.csrf)
		wanted.headers["X-CSRF-Token"] = session.csrf;
	if (body !== undefined && body !== null) {
		wanted.headers["Content-Type"] = "application/json";
		wanted.body = JSON.stringify(body);
	}
	const response = await fetch(path, wanted);
	if (response.status === 204)
		return null;
	const answer = await response.json();
	if (response.status === 401)
		throw new Stranger(answer.detail);
	if (!response.ok)
		throw new Error(answer.detail);
	return answer;
}

function tell(trouble) {
	place("trouble").textContent = trouble || "";
	place("trouble").hidden = !trouble;
}

function show(...children) {
	place("view").replaceChildren(...children);
}

const time = (text) => text ? new Date(text).toLocaleString() : "";

/* --- logging in ------------------------------------------------------------ */

function base64(text) {
	const bytes = new TextEncoder().encode(text);
	return btoa(String.fromCharCode(...bytes));
}

async function enter(event) {
	event.preventDefault();
	const form = event.target;
	const name = form.elements.name.value;
	const secret = form.elements.secret.value;
	const header = name === "" ? "Bearer " + secret :
	    "Basic " + base64(name + ":" + secret);

	try {
		session = null;
		session = await call("POST", "v1/session", null,
		    { Authorization: header });
		tell("");
		await route();
	} catch (error) {
		tell(error instanceof Stranger ?
		    "That name and password, or that token, are wrong." :
		    error.message);
		form.elements.secret.value = "";
		form.elements.secret.focus();
	}
}

function ask() {
	session = null;
	place("who").textContent = "";
	place("leave").hidden = true;
	document.querySelector("nav").hidden = true;
	show(make("form", { onsubmit: enter },
	    make("h2", {}, "Log in"),
	    make("label", {}, "Name (none for a token) ",
		make("input", { name: "name", autocomplete: "username" })),
	    make("label", {}, "Password or token ",
		make("input", { name: "secret", type: "password",
		    autocomplete: "current-password", required: "" })),
	    make("button", {}, "Log in")));
	document.querySelector("input").focus();
}

async function leave() {
	try {
		await call("DELETE", "v1/session");
		tell("");
	} catch (error) {
		tell(error.message);
	}
	ask();
}

/* --- the views -------------------------------------------------------------- */

function table(heads, rows) {
	return make("table", {},
	    make("thead", {}, make("tr", {},
		...heads.map((head) => make("th", { scope: "col" }, head)))),
	    make("tbody", {}, ...rows.map((row) => make("tr", {},
		...row.map((cell) => make("td", {}, cell))))));
}

function link(account) {
	return make("a", { href: "#/account/" + encodeURIComponent(account) },
	    account);
}

async function overview() {
	const [told, blocked] = await Promise.all([
	    call("GET", "v1/statistics"), call("GET", "v1/blocks?limit=10")]);
	const facts = make("dl", {});
	const fact = (name, value) => facts.append(make("div", {},
	    make("dt", {}, name), make("dd", {}, String(value))));

	fact("Version", told.version);
	fact("Blocked accounts", told.store ? told.store.blocked : "?");
	fact("Overrides", told.store ? told.store.overrides : "?");
	fact("Notifications waiting", told.store ? told.store.outbox : "?");
	for (const name of ["passed", "blocked", "over_limit",
	    "over_rate", "errors"])
		if (told.counters[name] !== undefined)
			fact("Decisions: " + name.replace("_", " "),
			    told.counters[name]);
	return [make("h2", {}, "Overview"),
	    told.store ? "" : make("p", { class: "loud" },
		"The store does not answer."), facts,
	    make("h3", {}, "Blocked accounts"),
	    ...blocks(blocked.blocks)];
}

function blocks(list) {
	if (list.length === 0)
		return [make("p", {}, "Nobody is blocked.")];
	return [table(["Account", "Since", "Until", "Country", "Why", ""],
	    list.map((block) => [link(block.account), time(block.began),
		time(block.until) || "until unblocked", block.country,
		block.reason, unblocker(block.account)]))];
}

function unblocker(account) {
	if (session.scope === "read")
		return "";
	return make("button", { type: "button", "aria-label": "Unblock " +
	    account, onclick: async () => {
		try {
			await call("DELETE", "v1/blocks/" +
			    encodeURIComponent(account));
			tell("");
		} catch (error) {
			tell(error.message);
		}
		route();
	} }, "Unblock");
}

async function blocked(after) {
	const page = await call("GET", "v1/blocks?limit=100" +
	    (after ? "&after=" + encodeURIComponent(after) : ""));
	const parts = [make("h2", {}, "Blocked"), ...blocks(page.blocks)];

	if (page.next !== null)
		parts.push(make("p", {}, make("a", { href: "#/blocked/" +
		    encodeURIComponent(page.next) }, "More")));
	return parts;
}

function find(account) {
	return make("form", { onsubmit: (event) => {
		event.preventDefault();
		location.hash = "#/account/" + encodeURIComponent(
		    event.target.elements.account.value);
	} }, make("label", {}, "Account ", make("input", { name: "account",
	    value: account, required: "", autocomplete: "off" })),
	    make("button", {}, "Show"));
}

function counter(name, found, setting) {
	const limit = Number(setting.value);
	const row = [name, `${found} of ${setting.value}`, setting.from];

	row.splice(1, 0, Number.isFinite(limit) ? make("meter", { min: "0",
	    max: String(Math.max(limit, found, 1)), value: String(found),
	    optimum: "0", low: String(limit), high: String(limit),
	    "aria-label": `${name}: ${found} of ${limit}` }) : "");
	return row;
}

async function account(name) {
	if (!name)
		return [make("h2", {}, "Account"), find("")];
	const told = await call("GET", "v1/accounts/" +
	    encodeURIComponent(name));
	const limits = told.settings;

	return [make("h2", {}, told.account), find(told.account),
	    told.blocked ? make("p", { class: "loud" }, "Blocked: " +
		told.block.reason + " ", unblocker(told.account)) :
		make("p", {}, told.known ? "Not blocked." :
		    "Nothing is known of it."),
	    table(["Counter", "", "Used", "The limit comes from"], [
		counter("Countries", told.evidence.countries,
		    limits["limits.countries"]),
		counter("Networks", told.evidence.networks,
		    limits["limits.networks"])]),
	    make("h3", {}, "Logins"),
	    table(["Network", "Country", "First", "Last", "Mails"],
		told.logins.map((login) => [login.network, login.country,
		    time(login.first), time(login.last),
		    String(login.mails)]))];
}

/* --- which view -------------------------------------------------------------- */

const views = { "": overview, blocked, account };

async function route(isAgain) {
	const [, name = "", rest = ""] = location.hash.split("/");
	const mine = ++turn;

	clearTimeout(timer);
	try {
		if (session === null)
			session = await call("GET", "v1/session");
		const parts = await (views[name] || overview)(
		    decodeURIComponent(rest));
		/* A later one may have been faster. */
		if (mine !== turn)
			return;
		place("who").textContent = session.who;
		place("leave").hidden = !session.csrf;
		document.querySelector("nav").hidden = false;
		for (const one of document.querySelectorAll("nav a")) {
			const isHere = one.hash.slice(2) === name;
			one.toggleAttribute("aria-current", isHere);
		}
		show(...parts);
		tell("");
	} catch (error) {
		if (error instanceof Stranger) {
			ask();
			return;
		}
		tell(error instanceof TypeError ?
		    "The server does not answer." : error.message);
	}
	if (name === "")
		timer = setTimeout(() => route(true), PATIENCE_MS);
	else if (!isAgain)
		place("view").focus();
}

addEventListener("hashchange", () => route());
place("leave").addEventListener("click", leave);
route();
