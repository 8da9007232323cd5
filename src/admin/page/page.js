/* page.js -- the status page: which view is shown, and that it stays fresh.
 * SPDX-License-Identifier: GPL-3.0-or-later */
import { make } from "./elements.js";
import { forget, get, logOut, Lost, Stranger, whoAmI } from "./api_client.js";
import { done, lost, mode, navigation, show, tell } from "./page_frame.js";
import { login } from "./login.js";
import { overview } from "./overview.js";
import { blocked } from "./blocked.js";
import { account } from "./account.js";
import { map } from "./map_view.js";
import { limits } from "./limits.js";
import { overrides } from "./overrides.js";
import { audit } from "./audit.js";

const EVERY_MS = 5000;

/* name, text, scope, what makes its parts, and whether it updates itself. */
const views = [
	["", "Overview", "read", overview, true],
	["blocked", "Blocked", "read", blocked],
	["account", "Account", "read", account],
	["map", "Map", "read", map],
	["limits", "Limits", "read", limits],
	["overrides", "Overrides", "read", overrides],
	["audit", "Audit trail", "admin", audit],
];

let timer = 0;
let turn = 0;

/* "#/blocked/rest?domain=a.org" in its parts. */
function where() {
	const [all, query = ""] = location.hash.split("?", 2);
	const [, name = "", ...rest] = all.split("/");

	try {
		return { name, rest: decodeURIComponent(rest.join("/")),
			query: Object.fromEntries(new URLSearchParams(query)) };
	} catch {
		return { name, rest: "", query: {} };
	}
}

/* Something was thrown. True: nothing can be shown. */
function heed(error) {
	lost(error instanceof Lost);
	if (error instanceof Stranger) {
		forget();
		login(() => route());
		return;
	}
	if (!(error instanceof Lost))
		tell(error.message);
}

/* isAgain: the same view once more, on its own account. */
async function route(isAgain) {
	const { name, rest, query } = where();
	const view = views.find((one) => one[0] === name) || views[0];
	const mine = ++turn;

	clearTimeout(timer);
	if (!isAgain)
		done("");
	try {
		await whoAmI();
		const [status, ...parts] = await Promise.all([
		    get("v1/status"), view[3](rest, query, () => route(true))]);
		/* A later one may have been faster. */
		if (mine !== turn)
			return;
		mode(status.mode);
		navigation(views, view[0]);
		lost(false);
		tell("");
		show(...parts);
		document.title = view[0] === "" ? "policyd" :
		    view[1] + " – policyd";
		if (!isAgain) {
			scrollTo(0, 0);
			if (!document.activeElement.closest("main"))
				document.getElementById("view").focus(
				    { preventScroll: true });
		}
	} catch (error) {
		if (isOver(mine, error))
			return;
		/* What was there before is not what was asked for. */
		if (!isAgain)
			show(make("h2", {}, view[1]));
	}
	timer = setTimeout(tick, EVERY_MS, view);
}

/* Is there nothing to go on with: another view, or nobody logged in? */
function isOver(mine, error) {
	if (mine !== turn)
		return true;
	heed(error);
	return error instanceof Stranger;
}

/* A view that does not update itself still tells how the server is. */
async function tick(view) {
	if (document.hidden) {
		timer = setTimeout(tick, EVERY_MS, view);
		return;
	}
	if (view[4]) {
		route(true);
		return;
	}
	const mine = turn;
	try {
		const status = await get("v1/status");
		if (mine !== turn)
			return;
		mode(status.mode);
		lost(false);
	} catch (error) {
		if (isOver(mine, error))
			return;
	}
	timer = setTimeout(tick, EVERY_MS, view);
}

addEventListener("hashchange", () => route());
/* The hash is the view: so a link within the page takes a little help. */
document.querySelector(".skip").addEventListener("click", (event) => {
	event.preventDefault();
	document.getElementById("view").focus();
});
document.getElementById("leave").addEventListener("click", async () => {
	++turn;
	clearTimeout(timer);
	try {
		await logOut();
		tell("");
	} catch (error) {
		tell(error.message);
	}
	login(() => route());
});
route();
