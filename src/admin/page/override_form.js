/* override_form.js -- one override: made, changed, deleted.
 * SPDX-License-Identifier: GPL-3.0-or-later */
import { field, make } from "./elements.js";
import { call, get, path } from "./api_client.js";
import { ask } from "./dialogs.js";
import { done } from "./page_frame.js";

/* What stands in no field is edited as JSON: the server knows more keys. */
const LIMITS = [["countries", "Most countries"], ["networks", "Most networks"],
	["asns", "Most autonomous systems"]];
const HOME = [["max_countries", "Most countries at home"],
	["max_networks", "Most networks at home"],
	["max_asns", "Most autonomous systems at home"]];
const TOLD = ["account", "author", "changed", "revision", "listed"];

const words = (text) => text.split(/[\s,]+/).filter((word) => word !== "");

function limit(text) {
	if (text === "")
		return null;
	return /^\d+$/.test(text) ? Number(text) : text;
}

/* "100/1h 500/1d" as rates. */
function rates(text) {
	const list = words(text).map((rule) => {
		const [, mails, per] = /^(\d+)\/(\w+)$/.exec(rule) || [];

		if (per === undefined)
			throw new Error(`Rates are like 100/1h, not "${rule}".`);
		return { mails: Number(mails),
			per: /^\d+$/.test(per) ? Number(per) : per };
	});

	return list.length > 0 ? list : null;
}

/* The local time of a field as UTC, and back. */
const utc = (text) => text === "" ? null :
    new Date(text).toISOString().replace(/\.\d+/, "");

function local(text) {
	if (!text)
		return "";
	const date = new Date(text);

	return new Date(date - date.getTimezoneOffset() * 60000).toISOString().
	    slice(0, 16);
}

function parts(name, before, isFixed) {
	const { home: homeOf, comment, valid_until: until, only_countries:
	    onlyCountries, only_networks: onlyNetworks, rates: rules,
	    ...others } = before;
	const home = homeOf || {};
	const limits = (list, of, prefix) => list.map(([key, text]) => {
		delete others[key];
		return field(text, { name: prefix + key, autocomplete: "off",
		    pattern: "\\d*|unlimited", value: of[key] ?? "" });
	});
	const fields = [
	    field("Account or @domain", { name: "account", value: name,
		required: true, readonly: isFixed, autocomplete: "off" }),
	    limits(LIMITS, before, ""),
	    field("Home countries", { name: "home", autocomplete: "off",
		value: (home.countries || []).join(" ") }),
	    limits(HOME, home, "home_"),
	    field("Only from these countries", { name: "only_countries",
		autocomplete: "off", value: (onlyCountries || []).join(" ") }),
	    field("Only from these networks", { name: "only_networks",
		autocomplete: "off", value: (onlyNetworks || []).join(" ") }),
	    field("Rates, such as 100/1h 500/1d", { name: "rates",
		autocomplete: "off", value: (rules || []).map((rule) =>
		    `${rule.mails}/${rule.per}`).join(" ") }),
	    field("Comment", { name: "comment", autocomplete: "off",
		value: comment || "" }),
	    field("Valid until", { name: "until", type: "datetime-local",
		value: local(until) })];

	for (const key of TOLD)
		delete others[key];
	return [make("p", {}, make("small", {}, "What is empty keeps the " +
	    "general value. A limit is a number, or unlimited.")),
	    make("div", { class: "fields" }, fields),
	    make("label", {}, make("span", {}, "Other settings, as JSON"),
		make("textarea", { name: "others", rows: 3,
		    spellcheck: "false" }, JSON.stringify(Object.fromEntries(
			Object.entries(others).filter(([, value]) =>
			    value !== null)), null, 1)))];
}

/* What the form says, as the server wants it. */
function read(fields) {
	const value = (name) => fields[name].value.trim();
	const list = (name) => words(value(name)).length > 0 ?
	    words(value(name)) : null;
	const home = {};
	let others;

	try {
		others = JSON.parse(value("others") || "{}");
	} catch {
		throw new Error("The other settings are no JSON.");
	}
	if (list("home") !== null)
		home.countries = list("home").map((one) => one.toUpperCase());
	for (const [key] of HOME)
		if (value("home_" + key) !== "")
			home[key] = limit(value("home_" + key));
	return { ...others, ...Object.fromEntries(LIMITS.map(([key]) =>
	    [key, limit(value(key))])),
	    home: Object.keys(home).length > 0 ? home : null,
	    only_countries: list("only_countries"),
	    only_networks: list("only_networks"),
	    rates: rates(value("rates")), comment: value("comment") || null,
	    valid_until: utc(value("until")) };
}

/* Make or change the override of an account, "": one that is asked for. True:
 * it was done. */
export async function edit(name, isNamed = name !== "") {
	let before = null;

	if (isNamed) {
		try {
			before = await get(path("v1/overrides", name));
		} catch (error) {
			if (error.status !== 404)
				throw error;
		}
	}
	const isDone = await ask(before === null ? "Add an override" :
	    "Change the override", parts(name, before || {}, isNamed),
	    "Save", async (fields) => {
		/* Nobody overwrites what he has not seen. */
		const condition = before === null ? { "If-None-Match": "*" } :
		    { "If-Match": `"${before.revision}"` };

		name = fields.account.value.trim();
		await call("PUT", path("v1/overrides", name), read(fields),
		    condition);
	});
	if (isDone)
		done(`The override of ${name} is saved.`);
	return isDone;
}

export async function remove(override) {
	const name = override.account;
	const isDone = await ask(`Delete the override of ${name}?`, [],
	    "Delete", () => call("DELETE", path("v1/overrides", name), null,
		{ "If-Match": `"${override.revision}"` }));

	if (isDone)
		done(`The override of ${name} is deleted.`);
	return isDone;
}
