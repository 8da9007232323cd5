/* overrides.js -- the overrides of the store: list, search, add, edit, delete.
 * SPDX-License-Identifier: GPL-3.0-or-later */
import { account, button, field, make, table, time } from "./elements.js";
import { get, may, path } from "./api_client.js";
import { edit, remove } from "./override_form.js";

/* What an override sets, in words. */
function settings(override) {
	const list = [];
	const add = (name, value) => {
		if (value === null || value === undefined)
			return;
		if (Array.isArray(value))
			list.push(name + ": " + value.map((one) =>
			    typeof one === "object" ?
			    `${one.mails} in ${one.per}` : one).join(" "));
		else if (typeof value === "object")
			for (const [key, part] of Object.entries(value))
				add(`${name}.${key}`, part);
		else
			list.push(`${name}: ${value}`);
	};

	for (const [name, value] of Object.entries(override))
		if (!["account", "comment", "valid_until", "author", "changed",
		    "revision", "listed"].includes(name))
			add(name, value);
	return list.join(", ") || "nothing";
}

function row(override, again) {
	const name = override.account;
	const isOver = override.valid_until !== null &&
	    new Date(override.valid_until) < Date.now();
	const cells = [name[0] === "@" ? make("bdi", {}, name) : account(name),
	    settings(override), override.comment || "",
	    override.valid_until === null ? "for ever" :
		time(override.valid_until) + (isOver ? " (over)" : ""),
	    [override.author || "", override.author ? ", " : "",
		time(override.changed)]];

	if (!may("admin"))
		return cells;
	return [...cells, [button("Edit…", async () => {
		if (await edit(name))
			again();
	}, { "aria-label": "Edit the override of " + name }), " ",
	button("Delete…", async () => {
		if (await remove(override))
			again();
	}, { "aria-label": "Delete the override of " + name })]];
}

export async function overrides(rest, query, again) {
	const { search = "", after = "" } = query;
	const told = await get(path("v1/overrides", null, { search, after,
	    limit: 100 }));
	const link = (changes) => "#/overrides?" + new URLSearchParams(
	    { ...(search ? { search } : {}), ...changes });

	return [make("h2", {}, "Overrides"), make("form", { class: "filters",
	    role: "search", onsubmit: (event) => {
		const text = event.target.elements.search.value.trim();

		event.preventDefault();
		location.hash = "#/overrides" + (text ? "?" +
		    new URLSearchParams({ search: text }) : "");
	} }, field("Account or comment", { name: "search", value: search,
	    autocomplete: "off" }), make("p", {}, make("button", {}, "Search"),
	    " ", may("admin") ? button("Add…", async () => {
		if (await edit(""))
			again();
	    }) : null)),
	    make("p", {}, "These are the overrides of the store; those of " +
		"policyd.yaml stand there alone."),
	    told.overrides.length === 0 ? make("p", {}, "There is none.") :
	    table(["Account or domain", "Settings", "Comment", "Until",
		"Changed", ...(may("admin") ? [""] : [])],
		told.overrides.map((one) => row(one, again))),
	    make("p", { class: "pages" }, after !== "" ? make("a",
		{ href: link({}) }, "First page") : null, " ",
		told.next !== null ? make("a", { href: link(
		    { after: told.next }) }, "Next page") : null)];
}
