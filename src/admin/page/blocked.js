/* blocked.js -- who is blocked: sort, filter, choose, unblock.
 * SPDX-License-Identifier: GPL-3.0-or-later */
import { account, button, choice, count, country, countryName, field, make,
    number, table, time, when } from "./elements.js";
import { get, may, path } from "./api_client.js";
import { unblock } from "./dialogs.js";

const PAGE = 100, MANY = 1000;
const ORDERS = [["newest", "newest first"], ["oldest", "oldest first"],
	["account", "account"], ["end", "first to end"],
	["refused", "most refused"], ["cause", "cause"],
	["country", "country"]];
const SINCE = [["", "ever"], ["1h", "the last hour"],
	["24h", "the last 24 hours"], ["7d", "the last 7 days"],
	["30d", "the last 30 days"]];

/* What was chosen, by account; it outlives a page of the list. */
const chosen = new Set();
let chosenIn = "";

/* The hash is what is wanted: so it can be kept, sent and gone back to. */
function go(query, changes) {
	const parts = Object.entries({ ...query, ...changes }).filter(
	    ([, value]) => value !== "" && value !== undefined);

	location.hash = "#/blocked" + (parts.length > 0 ? "?" +
	    new URLSearchParams(parts) : "");
}

function filters(query, told) {
	const fits = (list, name) => list.some((one) => one[name] ===
	    query[name]) || !query[name] ? [] : [[query[name], query[name]]];
	const causes = (told.causes || []).map((one) => [one.cause,
	    `${one.words || one.cause} (${one.blocks})`]);
	const countries = (told.countries || []).filter((one) =>
	    one.country !== "").map((one) => [one.country,
	    `${one.country} ${countryName(one.country)} (${one.blocks})`]);
	const send = (event) => {
		const fields = (event.target.form || event.target).elements;

		event.preventDefault();
		go({}, { search: fields.search.value.trim().toLowerCase(),
			domain: fields.domain.value.trim().toLowerCase(),
			cause: fields.cause.value,
			country: fields.country.value,
			since: fields.since.value, order: fields.order.value });
	};

	return make("form", { class: "filters", role: "search",
	    onsubmit: send },
	    field("Account", { name: "search", value: query.search || "",
		autocomplete: "off" }),
	    field("Domain", { name: "domain", value: query.domain || "",
		autocomplete: "off" }),
	    choice("Cause", "cause", [["", "all"],
		...fits(told.causes || [], "cause"), ...causes],
		query.cause || "", send),
	    choice("Country", "country", [["", "all"],
		...fits(told.countries || [], "country"), ...countries],
		query.country || "", send),
	    choice("Since", "since", SINCE, query.since || "", send),
	    choice("Order", "order", ORDERS, query.order || "newest", send),
	    make("p", {}, make("button", {}, "Search"), " ",
		button("Show all", () => go({}, {}))));
}

/* The names of all that fit, page by page. */
async function everybody(wanted) {
	const names = [];
	let after = "";

	do {
		const page = await get(path("v1/blocks", null, { ...wanted,
		    limit: MANY, after }));
		names.push(...page.blocks.map((block) => block.account));
		after = page.next;
	} while (after !== null);
	return names;
}

/* What can be done with those chosen. */
function deeds(wanted, total, again) {
	const bar = make("p", { class: "deeds" });
	const boxes = () => document.querySelectorAll("main td input");

	function update() {
		bar.replaceChildren(make("span", { role: "status" },
		    count(chosen.size, "account") + " chosen"), " ",
		    button("Unblock them…", async () => {
			if (await unblock([...chosen])) {
				chosen.clear();
				again();
			}
		    }, { disabled: chosen.size === 0 }), " ",
		    button(`Choose all ${number(total)}`, async () => {
			for (const name of await everybody(wanted))
				chosen.add(name);
			boxes().forEach((box) => {
				box.checked = true;
			});
			update();
		    }), " ",
		    button("Choose none", () => {
			chosen.clear();
			boxes().forEach((box) => {
				box.checked = false;
			});
			update();
		    }));
	}
	update();
	return { bar, update };
}

function rows(told, query, bar, again) {
	const sorted = (text, name) => make("th", { scope: "col",
	    "aria-sort": (query.order || "newest") === name ? "ascending" :
	    null }, button(text, () => go(query, { order: name, after: "" }),
	    { class: "plain", "aria-label": `Sort by ${text.toLowerCase()}` }));
	const heads = [sorted("Account", "account"), sorted("Since", "newest"),
	    sorted("Until", "end"), sorted("Country", "country"),
	    sorted("Why", "cause"), sorted("Refused", "refused")];
	const line = (block) => [account(block.account), when(block.began),
	    time(block.until) || "until unblocked", country(block.country),
	    block.reason, number(block.refused)];
	const box = (block) => make("input", { type: "checkbox",
	    checked: chosen.has(block.account), "aria-label": "Choose " +
	    block.account, onchange: (event) => {
		if (event.target.checked)
			chosen.add(block.account);
		else
			chosen.delete(block.account);
		bar.update();
	    } });

	if (!may("operate"))
		return table(heads, told.blocks.map(line));
	return table(["", ...heads, ""], told.blocks.map((block) => [
	    box(block), ...line(block), button("Unblock…", async () => {
		if (await unblock([block.account])) {
			chosen.delete(block.account);
			again();
		}
	    }, { "aria-label": "Unblock " + block.account })]));
}

export async function blocked(rest, query, again) {
	const { after = "", ...filter } = query;
	const wanted = { order: "newest", ...filter };
	const [told, first] = await Promise.all([
	    get(path("v1/blocks", null, { ...wanted, limit: PAGE, after })),
	    after === "" ? null :
		get(path("v1/blocks", null, { ...wanted, limit: 1 }))]);
	const whole = first || told;
	const search = JSON.stringify(filter);

	/* Who is not in the list any more is not chosen by mistake. */
	if (search !== chosenIn)
		chosen.clear();
	chosenIn = search;
	const bar = deeds(wanted, whole.total, again);

	return [make("h2", {}, "Blocked"), filters(query, whole),
	    make("p", {}, whole.total === 0 ? "Nobody is blocked" +
		(search === "{}" ? "." : " of whom this is true.") :
		count(whole.total, "account") + " blocked" +
		(search === "{}" ? "." : " of whom this is true.")),
	    may("operate") && whole.total > 0 ? bar.bar : null,
	    told.blocks.length > 0 ? rows(told, query, bar, again) : null,
	    make("p", { class: "pages" },
		after !== "" ? make("a", { href: "#/blocked?" +
		    new URLSearchParams(filter) }, "First page") : null, " ",
		told.next !== null ? make("a", { href: "#/blocked?" +
		    new URLSearchParams({ ...filter, after: told.next }) },
		    "Next page") : null)];
}
