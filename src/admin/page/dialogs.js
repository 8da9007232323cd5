/* dialogs.js -- what is asked before something is changed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
import { make, button, field, count } from "./elements.js";
import { call, path } from "./api_client.js";
import { done } from "./page_frame.js";

/*
 * Ask by a form. act gets its elements and does the work; what it throws is
 * shown, and the form stays. True: it was done.
 */
export function ask(title, parts, yes, act) {
	return new Promise((resolve) => {
		const trouble = make("p", { role: "alert", class: "loud" });
		const form = make("form", {}, make("h2", { id: "asked" },
		    title), parts, trouble, make("p", { class: "buttons" },
		    make("button", { class: "main" }, yes),
		    button("Cancel", () => dialog.close())));
		const dialog = make("dialog", { "aria-labelledby": "asked" },
		    form);
		let isDone = false;

		form.addEventListener("submit", async (event) => {
			event.preventDefault();
			trouble.textContent = "";
			form.querySelector(".main").disabled = true;
			try {
				await act(form.elements, trouble);
				isDone = true;
				dialog.close();
			} catch (error) {
				trouble.textContent = error.message;
			}
			form.querySelector(".main").disabled = false;
		});
		dialog.addEventListener("close", () => {
			dialog.remove();
			resolve(isDone);
		});
		document.body.append(dialog);
		dialog.showModal();
	});
}

const reason = (isNeeded) => field("Reason, for the audit trail", {
    name: "reason", maxlength: "100", required: isNeeded,
    autocomplete: "off" });

/* Unblock these; true: it was done. */
export async function unblock(accounts) {
	const isOne = accounts.length === 1;
	const who = isOne ? accounts[0] : count(accounts.length, "account");

	const isDone = await ask("Unblock " + who + "?", [
	    make("p", {}, "The count starts afresh."), reason(!isOne),
	    make("p", {}, make("small", {}, "Mail that Postfix holds stays on " +
		"hold. Its server releases or deletes it: "),
		make("code", {}, `policyd --unblock ${isOne ? accounts[0] :
		    "ACCOUNT"} --release`))],
	    "Unblock", async (fields, progress) => {
		for (const [i, account] of accounts.entries()) {
			if (!isOne)
				progress.textContent =
				    `${i + 1} of ${accounts.length}`;
			try {
				await call("DELETE", path("v1/blocks", account,
				    { reason: fields.reason.value }));
			} catch (error) {
				/* Somebody else was faster. */
				if (error.status !== 404)
					throw error;
			}
		}
	});
	if (isDone)
		done(who + (isOne ? " is" : " are") + " unblocked.");
	return isDone;
}

export async function block(account) {
	const isDone = await ask("Block " + account + "?", [reason(true),
	    field("For how long", { name: "duration", autocomplete: "off",
		placeholder: "as configured", pattern: "[0-9]+[smhdw]?" },
		"Such as 90m, 24h or 7d; 0 until it is unblocked.")],
	    "Block", (fields) => call("PUT", path("v1/blocks", account), {
		reason: fields.reason.value,
		duration: fields.duration.value || null }));

	if (isDone)
		done(account + " is blocked.");
	return isDone;
}
