/* account.js -- an account at a glance, and what can be done about it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
import { button, count, country, duration, field, make,
    number, table, time } from "./elements.js";
import { get, may, path } from "./api_client.js";
import { block, unblock } from "./dialogs.js";
import { edit } from "./override_form.js";
import { bars } from "./chart.js";
import { timeline } from "./timeline.js";
import { worldMap } from "./world_map.js";

function go(name, query = {}) {
	location.hash = "#/account/" + encodeURIComponent(name) +
	    (Object.keys(query).length > 0 ? "?" +
	    new URLSearchParams(query) : "");
}

function find(name) {
	return make("form", { class: "filters", role: "search",
	    onsubmit: (event) => {
		event.preventDefault();
		go(event.target.elements.account.value.trim());
	} }, field("Account", { name: "account", value: name, required: true,
	    autocomplete: "off" }), make("p", {}, make("button", {}, "Show")));
}

function state(told) {
	if (told.exempt)
		return make("p", {}, "It is exempt: nothing is counted.");
	if (!told.blocked)
		return make("p", { class: "fine" }, told.known ?
		    "Not blocked." : "Nothing is known of it.");
	return make("div", { class: "wrong" }, make("p", {}, make("b", {},
	    "Blocked: "), told.block.reason), make("p", {}, "Since ",
	    time(told.block.began), told.block.until === null ?
		", until it is unblocked" : ", until " +
		time(told.block.until), ". ",
	    told.block.client === "" ? null : ["Last login from ",
		told.block.client, " ", country(told.block.country), ". "],
	    count(told.block.refused, "request") + " refused."));
}

function deeds(told, again) {
	const list = [];
	const add = (text, act) => list.push(button(text, async () => {
		if (await act())
			again();
	}), " ");

	if (may("operate") && told.blocked)
		add("Unblock…", () => unblock([told.account]));
	if (may("operate") && !told.blocked)
		add("Block…", () => block(told.account));
	if (may("admin"))
		add("Override…", () => edit(told.account));
	return list.length > 0 ? make("p", { class: "buttons" }, list) : null;
}

/* A number against its limit, as a bar. */
function bar(name, found, limit) {
	return limit === null ? "" : make("meter", { min: 0,
	    max: Math.max(limit, found, 1), value: found, optimum: 0,
	    low: limit, high: limit,
	    "aria-label": `${name}: ${found} of ${limit}` });
}

function counts(told) {
	const line = (name, found, limit, from) => [name,
	    bar(name, found, limit), limit === null ? number(found) :
		`${number(found)} of ${number(limit)}`, from];
	const more = told.evidence.or_more ? " or more" : "";

	return [make("h3", {}, "Counted within " +
	    duration(told.evidence.window) + more),
	    table(["What", "Bar", "Used", "The limit comes from"], [
		...told.counts.filter((one) => one.limit !== null ||
		    one.found > 0).map((one) => line(one.words, one.found,
			one.limit, one.from)),
		...told.rates.map((rate) => line("mails in " +
		    duration(rate.per), rate.used, rate.limit,
		    told.settings.rates.from))]),
	    make("details", {}, make("summary", {}, "All settings"),
		table(["Setting", "Value", "From"], Object.entries(
		    told.settings).map(([name, one]) => [make("code", {},
			name), one.value, one.from])))];
}

/* Mails of the last hour and 24 against what is allowed and usual. */
function mails(told) {
	const { span, spans } = told.mails;
	const length = span * 1000;
	const newest = Math.floor(Date.now() / length) * length;
	const hours = span / 3600;
	const list = spans.map((mails, i) => ({ at: newest - i * length,
		length, values: [mails / hours], title: count(mails, "mail") +
		` in ${hours} hours` }));
	const row = (name, one, peak) => [name, bar(name, one.found,
	    one.allowed), one.allowed === null ? number(one.found) :
	    `${number(one.found)} of ${number(one.allowed)}`, peak];
	const rows = [["hour", "the last hour"], ["day", "24 hours"]].flatMap(
	    ([key, text]) => {
		const use = told.history[key];

		return [row("mails in " + text, use.mails,
		    use.peak < 1 ? "not known yet" :
			number(Math.round(use.peak))),
		    row("from young places in " + text, use.young, ""),
		    row("from new places in " + text, use.new, "")];
	});
	const week = told.history.week;

	rows.push(row("from new and young places in 7 days", week.young,
	    week.peak < 1 ? "" : number(Math.round(week.peak))));

	return [make("h3", {}, "Mails per hour"),
	    table(["What", "Bar", "Mails", "Usual at most"], rows),
	    spans.every((n) => n === 0) ? null : bars(list,
		{ from: newest - 12 * length, to: newest + length,
		kinds: ["passed"], height: 140,
		label: "Mails per hour within the last 26 hours: " +
		    spans.map((n) => n / hours).reverse().join(", ") })];
}

/* Where the account is used from, as far as that was learned. */
function places(history) {
	const list = [...history.places, ...history.countries];
	const name = (one) => [one.place || "", one.as_name ?
	    " " + one.as_name : "", one.place && one.country ? ", " : "",
	    one.country ? country(one.country) : ""];

	return [make("h3", {}, "What is known"), make("p", {},
	    `Mail on ${count(history.days, "day")} of the last 60: ` +
		(history.settled ? "settled." : "not settled yet.") +
		(history.learning ? " The server still learns" +
		    (history.learning_until ? " until " +
			time(history.learning_until) : "") + "." : "")),
	    list.length === 0 ? null : make("details", {}, make("summary", {},
		count(list.length, "place or country",
		    "places and countries")), table(["Place", "State", "Days",
		    "First", "Last"], list.map((one) => [name(one), one.state,
			number(one.days), one.first || "", one.last || ""])))];
}

/* What a login from an address would get. */
function attempt(told, address) {
	return [make("h3", {}, "A login from"), make("form", {
	    class: "filters", onsubmit: (event) => {
		event.preventDefault();
		go(told.account, { address:
		    event.target.elements.address.value.trim() });
	} }, field("Address", { name: "address", required: true,
	    value: address || "", autocomplete: "off",
	    placeholder: "192.0.2.1" }),
	    make("p", {}, make("button", {}, "What would it get?"))),
	    told.login === undefined ? null : make("p", { role: "status",
		class: ["pass", "none", "exempt"].includes(
		    told.login.verdict) ? "fine" : "wrong" },
		make("b", {}, told.login.verdict), " – ", told.login.client,
		", ", country(told.login.country), told.login.asn === 0 ? "" :
		    `, AS${told.login.asn} ${told.login.as_name}`,
		` (${told.login.state}` + (told.login.first === null ? ")" :
		    ` since ${told.login.first})`),
		told.login.reason === "" ? "" : `: ${told.login.reason}`,
		told.login.exempt_network ? " (an exempt network)" : "",
		told.login.observed ? " (observed: mail passes)" : "")];
}

async function logins(told) {
	const seen = {};

	for (const login of told.logins)
		seen[login.country] = (seen[login.country] || 0) +
		    login.mails;
	return [make("h3", {}, "Logins"), told.logins.length === 0 ?
	    make("p", {}, "None is remembered.") : [timeline(told.logins),
	    make("details", { open: told.logins.length <= 10 },
		make("summary", {}, count(told.logins.length, "network")),
		table(["Network", "Country", "First", "Last", "Mails",
		    "Counts"], told.logins.slice(0, 500).map((login) => [
			login.network, country(login.country),
			time(login.first), time(login.last),
			number(login.mails), login.counts ? "yes" : "no"]))),
	    await worldMap(seen, "mails")]];
}

export async function account(rest, query, again) {
	if (rest === "")
		return [make("h2", {}, "Account"), find("")];
	const told = await get(path("v1/accounts", rest,
	    { address: query.address }));

	return [make("h2", {}, make("bdi", {}, told.account)),
	    told.account === rest.toLowerCase() ? null : make("p", {},
		"It stands for ", make("bdi", {}, rest), "."),
	    state(told), deeds(told, again), counts(told), mails(told),
	    places(told.history),
	    attempt(told, query.address), await logins(told), find("")];
}

