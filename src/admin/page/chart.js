/* chart.js -- bars and lines by time, drawn as SVG.
 * SPDX-License-Identifier: GPL-3.0-or-later */
import { draw, make } from "./elements.js";

const LEFT = 48, RIGHT = 8, TOP = 8, BOTTOM = 22;

/* As wide as there is room. */
export function width() {
	const view = document.getElementById("view");

	return Math.max(280, Math.min(1100, view.clientWidth));
}

/* A round number that is no less. */
export function ceiling(most) {
	const power = 10 ** Math.floor(Math.log10(most || 1));

	return [1, 2, 3, 4, 6, 8, 10].map((n) => n * power).find((n) => n >= most) ||
	    1;
}

const short = (n) => n >= 1e6 ? n / 1e6 + "M" : n >= 1e3 ? n / 1e3 + "k" :
    String(Math.round(n * 1000) / 1000);

/* A picture with a frame: what is on the y axis, times below. */
function frame(options, parts) {
	const { height, ticks, y, from, to, label } = options;
	const wide = width();
	const hours = to - from <= 2 * 86400000;
	const steps = wide < 500 ? 3 : 6;
	const x = (at) => LEFT + (at - from) / (to - from) *
	    (wide - LEFT - RIGHT);
	const lines = ticks.map((value) => [
	    draw("line", { class: "grid", x1: LEFT, x2: wide - RIGHT,
		y1: y(value), y2: y(value) }),
	    draw("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" },
		options.show ? options.show(value) : short(value))]);
	const times = Array.from({ length: steps }, (_, i) => {
		const at = from + (to - from) * (i + 0.5) / steps;
		const date = new Date(at);

		return draw("text", { x: x(at), y: height - 4,
		    "text-anchor": "middle" }, hours ?
		    date.toLocaleTimeString([], { hour: "2-digit",
			minute: "2-digit" }) :
		    date.toLocaleDateString([], { day: "numeric",
			month: "short" }));
	});

	return draw("svg", { class: "chart", viewBox: `0 0 ${wide} ${height}`,
	    role: "img", "aria-label": label }, lines, parts(x), times);
}

/*
 * Bars of several kinds one upon the other. bars: [{ at, length, values,
 * title }], times in ms; kinds: the classes of values, from below.
 */
export function bars(list, { from, to, kinds, label, height = 180 }) {
	const most = ceiling(Math.max(0, ...list.map((bar) =>
	    bar.values.reduce((sum, value) => sum + value, 0))));
	const y = (value) => height - BOTTOM -
	    value / most * (height - TOP - BOTTOM);

	return frame({ height, ticks: [0, most / 2, most], y, from, to, label },
	    (x) => list.map((bar) => {
		const left = x(bar.at);
		const wide = Math.max(1, x(bar.at + bar.length) - left - 1);
		let sum = 0;

		return draw("g", {}, draw("title", {}, bar.title),
		    bar.values.map((value, i) => {
			const top = y(sum + value), bottom = y(sum);
			sum += value;
			return value === 0 ? null : draw("rect", {
			    class: kinds[i], x: left, width: wide, y: top,
			    height: Math.max(bottom - top, 1) });
		    }));
	}));
}

/* Lines over a logarithmic scale: [{ name, points: [[at, value], ...] }]. */
export function lines(list, { from, to, ticks, label, show, height = 120 }) {
	const [least, most] = [ticks[0], ticks[ticks.length - 1]];
	const y = (value) => height - BOTTOM - Math.log(Math.min(most,
	    Math.max(least, value)) / least) / Math.log(most / least) *
	    (height - TOP - BOTTOM);

	return frame({ height, ticks, y, from, to, label, show }, (x) =>
	    list.map((line) => draw("g", { class: line.name },
		draw("polyline", { class: "line", points: line.points.map(
		    ([at, value]) => x(at) + "," + y(value)).join(" ") }),
		line.points.length > 60 ? null : line.points.map(([at, value,
		    title]) => draw("circle", { cx: x(at), cy: y(value), r: 2 },
			draw("title", {}, title))))));
}

/* What the colours mean: [[class, text], ...]. */
export function legend(list) {
	return make("ul", { class: "legend" }, list.map(([kind, ...text]) =>
	    make("li", {}, draw("svg", { class: "key", viewBox: "0 0 10 10",
		"aria-hidden": "true" }, draw("rect", { class: kind, width: 10,
		height: 10 })), text)));
}
