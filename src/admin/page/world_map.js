/* world_map.js -- the map of the world, with countries marked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
import { countryName, draw, number } from "./elements.js";

let world = null;

async function load() {
	if (world === null)
		world = await (await fetch("page/world.json")).json();
	return world;
}

/* How loud a number is among others: 1 to 5; 0: nothing. */
export function degree(value, most) {
	return value === 0 ? 0 : Math.ceil(5 * Math.sqrt(value / most));
}

/*
 * The map: values by country; what a value is, for the title; a click on a
 * country that has one. It is a picture: a list beside it is for the keyboard.
 */
export async function worldMap(values, what, onclick) {
	const { size, countries } = await load();
	const most = Math.max(1, ...Object.values(values));

	return draw("svg", { class: "map", viewBox: `0 0 ${size[0]} ${size[1]}`,
	    role: "img", "aria-label": `Map of ${what} by country` },
	    Object.entries(countries).map(([code, d]) => {
		const value = values[code] || 0;

		return draw("path", { d, class: "degree" + degree(value, most),
		    "data-country": code, onclick: value > 0 && onclick ?
		    () => onclick(code) : null },
		    draw("title", {}, `${countryName(code)}: ` +
			`${number(value)} ${what}`));
	    }));
}
