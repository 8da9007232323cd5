/* limits.js -- how many accounts each value of each limit would have blocked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
import { account, button, count, draw, duration, make, number, table, time }
    from "./elements.js";
import { get, path } from "./api_client.js";
import { ceiling, width } from "./chart.js";

const LEFT = 48, BOTTOM = 24, TOP = 8, HEIGHT = 160;

/* A step for each value; chosen and present ones are marked. */
function curve(limit, value, choose) {
	const wide = Math.min(width(), 640);
	const values = limit.blocked;
	/* A limit of 0 is everybody's, and would hide all others. */
	const most = ceiling(Math.max(...values.slice(limit.least || 1), 1));
	const step = (wide - LEFT) / (values.length - limit.least);
	const x = (v) => LEFT + (v - limit.least) * step;
	const y = (n) => HEIGHT - BOTTOM - Math.min(1, n / most) *
	    (HEIGHT - BOTTOM - TOP);
	const every = Math.ceil(30 / step);

	return draw("svg", { class: "chart small", viewBox: `0 0 ${wide} ${HEIGHT}`,
	    role: "img", "aria-label": `Accounts that would have been ` +
	    `blocked, by the most ${limit.words}` }, [0, most].map((n) => [
	    draw("line", { class: "grid", x1: LEFT, x2: wide, y1: y(n),
		y2: y(n) }),
	    draw("text", { x: LEFT - 6, y: y(n) + 8, "text-anchor": "end" },
		number(n))]),
	    values.slice(limit.least).map((n, i) => {
		const v = i + limit.least;

		return draw("g", { class: "point", onclick: () => choose(v) },
		    draw("title", {}, `${v}: ${count(n, "account")}`),
		    draw("rect", { class: "area", x: x(v), y: TOP, width: step,
			height: HEIGHT - TOP }),
		    draw("rect", { class: v === value ? "chosen" : "blocked",
			x: x(v) + step * 0.1, width: step * 0.8,
			y: Math.min(y(n), HEIGHT - BOTTOM - 1),
			height: Math.max(HEIGHT - BOTTOM - y(n), 1) }),
		    v === limit.limit ? draw("rect", { class: "present",
			x: x(v), width: step, y: TOP,
			height: HEIGHT - BOTTOM - TOP }) : null,
		    i % every === 0 ? draw("text", { x: x(v) + step / 2,
			y: HEIGHT - 6, "text-anchor": "middle" }, String(v)) :
			null);
	    }));
}

function panel(limit) {
	const last = limit.blocked.length - 1;
	const who = make("div", {});
	const picture = make("div", {});
	const words = make("output", {});
	const slider = make("input", { type: "range", min: limit.least,
	    max: Math.max(last, limit.least), oninput: () => choose(
	    Number(slider.value)), "aria-label": `Most ${limit.words}` });

	function choose(value) {
		slider.value = value;
		picture.replaceChildren(curve(limit, value, choose));
		words.replaceChildren(make("b", {}, `At most ${value}`),
		    `: ${count(limit.blocked[value] || 0, "account")} ` +
		    "would have been blocked.");
		who.replaceChildren();
	}
	async function show() {
		const value = Number(slider.value);
		let told;

		try {
			told = await get(path("v1/limits", limit.name,
			    { value: value || null }));
		} catch (error) {
			who.replaceChildren(make("p", { role: "alert",
			    class: "loud" }, error.message));
			return;
		}
		who.replaceChildren(told.accounts.length === 0 ?
		    make("p", {}, "Nobody.") : table(["Account",
			"It came to"], told.accounts.map((one) => [
			account(one.account), `${number(one.found)} ` +
			limit.words])));
	}
	choose(limit.limit === null || limit.limit > last ? last :
	    limit.limit);

	if (limit.limit === null && limit.blocked.every((n) => n === 0))
		return make("section", {}, make("h3", {}, "Most " +
		    limit.words), make("p", {}, make("code", {},
		    limit.option), " is ", make("b", {}, "unlimited"),
		    ", and no account came to any."));
	return make("section", { "aria-labelledby": "limit_" + limit.name },
	    make("h3", { id: "limit_" + limit.name }, "Most " + limit.words),
	    make("p", {}, make("code", {}, limit.option), " is ",
		make("b", {}, limit.limit === null ? "unlimited" :
		    String(limit.limit)), ". ", words),
	    picture, make("p", { class: "buttons" }, slider, " ",
		button("Whom?", show, { "aria-label":
		    `Whom would this limit of ${limit.words} block?` })), who);
}

export async function limits() {
	const told = await get("v1/limits");

	return [make("h2", {}, "Limits"), make("p", {}, "How many accounts " +
	    "each value of each limit would have blocked, by itself, judged " +
	    `by the logins of ${count(told.accounts, "account")} of the last ` +
	    duration(told.retention) + ` (${time(told.at)}). The window is ` +
	    duration(told.window) + ". The framed value is the present one."),
	    told.whole ? null : make("p", { class: "loud" }, "There are more " +
		"accounts than could be looked at in time; policyd --what-if " +
		"looks at all."),
	    told.limits.map((limit) => panel(limit))];
}
