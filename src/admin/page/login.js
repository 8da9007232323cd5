/* login.js -- the view of whoever is not logged in.
 * SPDX-License-Identifier: GPL-3.0-or-later */
import { make, field } from "./elements.js";
import { logIn, Stranger } from "./api_client.js";
import { nobody, show, tell } from "./page_frame.js";

/* Ask who it is, until that is known. */
export function login(go) {
	nobody();
	show(make("form", { class: "login", onsubmit: async (event) => {
		event.preventDefault();
		const fields = event.target.elements;
		const { name, secret } = fields;
		const sender = event.target.querySelector("button");

		sender.disabled = true;
		try {
			await logIn(fields.name.value, fields.secret.value);
			tell("");
			go();
		} catch (error) {
			tell(error instanceof Stranger ? "That name and " +
			    "password, or that token, are wrong." :
			    error.message);
			sender.disabled = false;
			secret.value = "";
			(name.value === "" ? name : secret).focus();
		}
	} }, make("h2", {}, "Log in"),
	    field("Name (none for a token)", { name: "name",
		autocomplete: "username", autocapitalize: "none" }),
	    field("Password or token", { name: "secret", type: "password",
		autocomplete: "current-password", required: true }),
	    make("p", {}, make("button", { class: "main" }, "Log in"))));
	document.querySelector("main input").focus();
}
