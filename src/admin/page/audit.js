/* audit.js -- who changed what, and when.
 * SPDX-License-Identifier: GPL-3.0-or-later */
import { account, field, make, table, time } from "./elements.js";
import { get, path } from "./api_client.js";

/* What a change was about, in words of its own. */
function detail(change) {
	return Object.entries(change.detail || {}).map(([name, value]) =>
	    `${name}: ${typeof value === "object" ? JSON.stringify(value) :
	    value}`).join(", ");
}

export async function audit(rest, query) {
	const { search = "", before = "" } = query;
	const told = await get(path("v1/audit", null, { search, before,
	    limit: 100 }));
	const link = (changes) => "#/audit?" + new URLSearchParams(
	    { ...(search ? { search } : {}), ...changes });

	return [make("h2", {}, "Audit trail"), make("form", { class: "filters",
	    role: "search", onsubmit: (event) => {
		const text = event.target.elements.search.value.trim();

		event.preventDefault();
		location.hash = "#/audit" + (text ? "?" +
		    new URLSearchParams({ search: text }) : "");
	} }, field("Who, what or whom", { name: "search", value: search,
	    autocomplete: "off" }), make("p", {}, make("button", {},
	    "Search"))),
	    told.changes.length === 0 ? make("p", {}, "Nothing was changed.") :
	    table(["When", "Who", "From", "What", "Whom", "How"],
		told.changes.map((change) => [time(change.at), change.actor,
		    change.origin, change.action,
		    change.subject === "" || change.subject[0] === "@" ?
			change.subject : account(change.subject),
		    detail(change)])),
	    make("p", { class: "pages" }, before !== "" ? make("a",
		{ href: link({}) }, "Newest") : null, " ",
		told.next !== null ? make("a", { href: link(
		    { before: told.next }) }, "Older") : null)];
}
