/* page_frame.js -- what stands around each view: the bands, the navigation.
 * SPDX-License-Identifier: GPL-3.0-or-later */
import { make } from "./elements.js";
import { may, session } from "./api_client.js";

const place = (id) => document.getElementById(id);

function band(id, text) {
	if (place(id).textContent !== text)
		place(id).textContent = text;
	place(id).hidden = text === "";
}

/* Something went wrong; "": no more. */
export const tell = (trouble) => band("trouble", trouble);

/* Something was done. */
export const done = (text) => {
	place("done").textContent = text;
};

let lostSince = null;

export function lost(isLost) {
	if (isLost && lostSince === null)
		lostSince = new Date();
	if (!isLost)
		lostSince = null;
	band("lost", lostSince === null ? "" : "Connection lost: the server " +
	    "does not answer. What is shown is of " +
	    lostSince.toLocaleTimeString() + ".");
}

/* The mode of the server, loudly, if nothing is refused. */
export const mode = (name) => band("observe", name === "observe" ?
    "Mode observe: policyd only tells whom it would block. All mail passes." :
    "");

/* What stands where a user may go: [[path, text, scope], ...]. */
export function navigation(views, current) {
	const nav = document.querySelector("nav");

	nav.hidden = false;
	nav.replaceChildren(...views.filter(([, , scope]) => may(scope)).map(
	    ([name, text]) => make("a", { href: "#/" + name,
		"aria-current": name === current ? "page" : null }, text)));
	place("who").textContent = session.who;
	place("me").hidden = !session.csrf;
}

export function nobody() {
	document.querySelector("nav").hidden = true;
	place("me").hidden = true;
	mode("");
}

/* By what an element is known again when it was made anew. */
function keyOf(element) {
	return [element.tagName, element.id, element.name,
	    element.getAttribute("href"), element.getAttribute("aria-label") ||
	    element.textContent].join("|");
}

/* Show a view; what had the focus has it again, what was open stays open. */
export function show(...parts) {
	const view = place("view");
	const active = view.contains(document.activeElement) &&
	    document.activeElement !== view ? keyOf(document.activeElement) :
	    null;
	const open = new Set([...view.querySelectorAll("details[open]")].map(
	    (details) => details.firstChild.textContent));

	view.replaceChildren(...parts.flat(3).filter((part) => part));
	for (const details of view.querySelectorAll("details"))
		if (open.has(details.firstChild.textContent))
			details.open = true;
	if (active === null)
		return;
	for (const element of view.querySelectorAll(
	    "a, button, input, select, summary, [tabindex]"))
		if (keyOf(element) === active) {
			element.focus({ preventScroll: true });
			return;
		}
}
