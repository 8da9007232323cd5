/* timeline.js -- from where an account logged in, by day.
 * SPDX-License-Identifier: GPL-3.0-or-later */
import { countryName, draw } from "./elements.js";
import { width } from "./chart.js";

const ROW = 20, TOP = 20, LEFT = 190, ROWS = 40, DAY = 86400000;

/*
 * Places as rows, days as columns; a bar from the first to the last login. Of
 * a place only these two are kept.
 */
export function timeline(logins) {
	const wide = width();
	const left = Math.min(LEFT, wide * 0.45);
	const list = logins.slice(0, ROWS);
	const now = Date.now();
	const first = Math.min(now - 6 * DAY, ...list.map((login) =>
	    new Date(login.first).getTime()));
	const from = Math.floor(first / DAY) * DAY;
	const to = Math.ceil(now / DAY) * DAY;
	const x = (at) => left + (at - from) / (to - from) *
	    (wide - left - 4);
	const days = Math.round((to - from) / DAY);
	const every = Math.ceil(days / Math.max(2, (wide - left) / 60));
	const height = TOP + ROW * list.length + 4;
	const most = Math.floor(left / 7.5);
	const name = (login) => `${login.country || "–"} ${login.network}`;

	return draw("svg", { class: "chart", viewBox: `0 0 ${wide} ${height}`,
	    role: "img", "aria-label": `Logins from ${list.length} places ` +
	    `within ${days} days` },
	    Array.from({ length: Math.ceil(days / every) }, (_, i) => {
		const at = from + i * every * DAY;

		return [draw("line", { class: "grid", x1: x(at), x2: x(at),
		    y1: TOP - 4, y2: height }),
		    draw("text", { x: x(at) + 2, y: 12 }, new Date(at).
			toLocaleDateString([], { day: "numeric",
			month: "short" }))];
	    }),
	    list.map((login, i) => {
		const start = x(new Date(login.first).getTime());
		const end = x(new Date(login.last).getTime());
		const text = name(login);

		return draw("g", {}, draw("title", {}, `${text} ` +
		    `(${countryName(login.country)})\n` +
		    `${new Date(login.first).toLocaleString()} – ` +
		    `${new Date(login.last).toLocaleString()}\n` +
		    `${login.mails} mails`),
		    draw("text", { x: 0, y: TOP + ROW * i + 13 },
			text.length > most ? text.slice(0, most - 1) + "…" :
			text),
		    draw("rect", { class: login.counts ? "counts" : "past",
			x: start, y: TOP + ROW * i + 3, height: ROW - 6,
			width: Math.max(end - start, 4) }));
	    }));
}
