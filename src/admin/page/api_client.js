/* api_client.js -- ask the server; the session.
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Who is not known, or not any more. */
export class Stranger extends Error {}
/* The server did not answer at all. */
export class Lost extends Error {}

/* { who, scope, csrf }, or null: nobody is logged in. */
export let session = null;

const SCOPES = ["read", "operate", "admin"];

/* May this session do what takes a scope? */
export function may(scope) {
	return session !== null &&
	    SCOPES.indexOf(session.scope) >= SCOPES.indexOf(scope);
}

/* Ask; what is answered, or null for an empty answer. */
export async function call(method, path, body, headers = {}) {
	const wanted = { method, headers: { ...headers }, cache: "no-store" };
	let response;

	if (session && session.csrf)
		wanted.headers["X-CSRF-Token"] = session.csrf;
	if (body !== undefined && body !== null) {
		wanted.headers["Content-Type"] = "application/json";
		wanted.body = JSON.stringify(body);
	}
	try {
		response = await fetch(path, wanted);
	} catch {
		throw new Lost("The server does not answer.");
	}
	if (response.status === 204)
		return null;
	let answer;
	try {
		answer = await response.json();
	} catch {
		throw new Lost("The answer was cut off.");
	}
	if (response.status === 401)
		throw new Stranger(answer.detail);
	if (!response.ok) {
		const error = new Error(answer.detail);
		error.status = response.status;
		throw error;
	}
	return answer;
}

export const get = (path) => call("GET", path);

/* A path with its last part and a query, all of it escaped. What is null or
 * empty in the query is left out. */
export function path(start, rest, query = {}) {
	const list = Object.entries(query).filter(([, value]) =>
	    value !== null && value !== undefined && value !== "").map(
	    ([name, value]) => name + "=" + encodeURIComponent(value));

	return start + (rest === null ? "" : "/" + encodeURIComponent(rest)) +
	    (list.length > 0 ? "?" + list.join("&") : "");
}

function base64(text) {
	const bytes = new TextEncoder().encode(text);
	return btoa(String.fromCharCode(...bytes));
}

/* Begin a session by name and password, or, without a name, by a token. */
export async function logIn(name, secret) {
	const header = name === "" ? "Bearer " + secret :
	    "Basic " + base64(name + ":" + secret);

	session = null;
	session = await call("POST", "v1/session", null,
	    { Authorization: header });
}

/* Find out whether there is a session. */
export async function whoAmI() {
	if (session === null)
		session = await get("v1/session");
	return session;
}

export function forget() {
	session = null;
}

export async function logOut() {
	try {
		await call("DELETE", "v1/session");
	} finally {
		session = null;
	}
}
