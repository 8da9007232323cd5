/* elements.js -- make what is shown. Whatever the server tells is put there
 * as text, never as markup.
 * SPDX-License-Identifier: GPL-3.0-or-later */

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
	for (const [key, value] of Object.entries(attributes || {})) {
		if (value === null || value === undefined || value === false)
			continue;
		if (typeof value === "function")
			element.addEventListener(key.slice(2), value);
		else
			element.setAttribute(key, value === true ? "" : value);
	}
	element.append(...children.flat(3).filter((child) =>
	    child !== null && child !== undefined && child !== ""));
	return element;
}

/* An element with attributes and children; texts become text, functions
 * ("onclick") listeners. What is null or false is left out. */
export function make(name, attributes, ...children) {
	return fill(document.createElement(name), attributes, children);
}

/* The same, drawn. */
export function draw(name, attributes, ...children) {
	return fill(document.createElementNS(SVG, name), attributes, children);
}

/* A table; cells are texts or elements. A row that is null is left out. */
export function table(heads, rows, caption) {
	const names = heads.map((head) => typeof head === "string" ? head :
	    head.textContent);

	return make("div", { class: "wide" }, make("table", {},
	    caption ? make("caption", {}, caption) : null,
	    make("thead", {}, make("tr", {}, heads.map((head) =>
		head === "" ? make("td", {}) :
		head instanceof HTMLTableCellElement ? head :
		make("th", { scope: "col" }, head)))),
	    make("tbody", {}, rows.filter((row) => row).map((row) =>
		make("tr", {}, row.map((cell, i) => make("td",
		    names[i] ? { "data-head": names[i] } : {}, cell)))))));
}

export function button(text, onclick, attributes = {}) {
	return make("button", { type: "button", onclick, ...attributes }, text);
}

/* A field with its label. */
export function field(label, attributes, hint) {
	return make("label", {}, make("span", {}, label),
	    make("input", attributes), hint ? make("small", {}, hint) : null);
}

/* A choice: [[value, text], ...]. */
export function choice(label, name, options, chosen, onchange) {
	return make("label", {}, make("span", {}, label),
	    make("select", { name, onchange }, options.map(([value, text]) =>
		make("option", { value, selected: value === chosen }, text))));
}

/* --- words ------------------------------------------------------------------ */

const names = new Intl.DisplayNames(["en"], { type: "region" });

export function countryName(code) {
	try {
		return code === "" ? "not known" : names.of(code) || code;
	} catch {
		return code;
	}
}

/* A country as its letters, with its name. */
export function country(code) {
	return code === "" ? "–" :
	    make("abbr", { title: countryName(code) }, code);
}

export const time = (text) => text ? new Date(text).toLocaleString([],
    { dateStyle: "medium", timeStyle: "short" }) : "";

export const number = (n) => n.toLocaleString();

/* "1 account", "2 accounts". */
export const count = (n, one, many = one + "s") =>
    number(n) + " " + (n === 1 ? one : many);

/* Seconds as "24 h". */
export function duration(seconds) {
	const units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
	const [size, name] = units.find(([size]) => seconds >= size &&
	    seconds % size === 0) || units[3];

	return seconds / size + " " + name;
}

/* How long ago, in words. */
export function ago(text, now = Date.now()) {
	const seconds = Math.max(0, Math.round((now - new Date(text)) / 1000));
	const [size, name] = [[86400, "d"], [3600, "h"], [60, "min"],
	    [1, "s"]].find(([size]) => seconds >= size) || [1, "s"];

	return Math.floor(seconds / size) + " " + name + " ago";
}

/* The same as an element that tells the time itself, too. */
export const when = (text) => text ? make("time", { datetime: text,
    title: time(text) }, ago(text)) : "";

export function account(name) {
	return make("a", { href: "#/account/" + encodeURIComponent(name),
	    class: "account" }, make("bdi", {}, name));
}
