/* map_view.js -- the countries that logins and blocks came from.
 * SPDX-License-Identifier: GPL-3.0-or-later */
import { account, choice, count, countryName, make, number, table, when }
    from "./elements.js";
import { get, path } from "./api_client.js";
import { worldMap } from "./world_map.js";

const HOURS = [["1", "the last hour"], ["24", "the last 24 hours"],
	["168", "the last 7 days"], ["720", "the last 30 days"]];
const KINDS = [["accounts", "accounts that logged in"],
	["blocks", "blocks"]];

function go(country, query, changes) {
	location.hash = "#/map" + (country ? "/" + country : "") + "?" +
	    new URLSearchParams({ ...query, ...changes });
}

async function who(country, hours) {
	const told = await get(path("v1/countries", country, { hours }));
	const name = country === "-" ? "A country not known" :
	    countryName(country);

	return make("section", { "aria-labelledby": "country" },
	    make("h3", { id: "country" }, name),
	    make("p", {}, count(told.blocks.length, "block") + ", " +
		count(told.accounts.length, "account") + " that logged in" +
		(told.accounts.length === 500 ? " at least" : "") + "."),
	    told.blocks.length > 0 ? table(["Blocked", "Since", "Why"],
		told.blocks.map((block) => [account(block.account),
		    when(block.began), block.reason + (block.ended === null ?
		    "" : " (it is over)")])) : null,
	    told.accounts.length > 0 ? table(["Account", "Networks",
		"Last login"], told.accounts.map((one) => [
		    account(one.account), number(one.networks),
		    when(one.last)])) : null);
}

export async function map(rest, query) {
	const hours = HOURS.some(([n]) => n === query.hours) ? query.hours :
	    "24";
	const [kind, words] = KINDS.find(([name]) => name === query.kind) ||
	    KINDS[0];
	const told = await get("v1/countries?hours=" + hours);
	const wanted = { hours, kind };
	const open = (code) => go(code, wanted, {});
	const values = Object.fromEntries(told.countries.map((one) =>
	    [one.country, one[kind]]));
	const change = (event) => go(rest, wanted,
	    { [event.target.name]: event.target.value });

	return [make("h2", {}, "Map"), make("form", { class: "filters" },
	    choice("Show", "kind", KINDS, kind, change),
	    choice("Of", "hours", HOURS, hours, change)),
	    await worldMap(values, words, open),
	    rest === "" ? null : await who(rest, hours),
	    make("h3", {}, "Countries"),
	    told.countries.length === 0 ? make("p", {}, "None.") :
	    table(["Country", "Accounts", "Networks", "Blocks"],
		told.countries.slice().sort((a, b) => b[kind] - a[kind] ||
		    b.accounts - a.accounts).map((one) => [
		    make("a", { href: `#/map/${one.country || "-"}?` +
			new URLSearchParams(wanted) }, one.country === "" ?
			"not known" : one.country + " " +
			countryName(one.country)),
		    number(one.accounts), number(one.networks),
		    number(one.blocks)]))];
}
