/* world.mjs -- make world.json: the countries, simplified, as paths of SVG.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Run by `make page`, which installs the packages of package-lock.json:
 * node world.mjs DIR-OF-NODE_MODULES >world.json. The borders are those of
 * Natural Earth (public domain), by world-atlas. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const WIDTH = 900, HEIGHT = 420;
/* Triangles of less than so many square pixels go. */
const LEAST = 1.2;
/* What would be too small to see, or to hit, gets a circle. */
const SMALL = 12, RADIUS = 3;

const require = createRequire(pathToFileURL(process.argv[2] + "/"));
const load = (name) => import(pathToFileURL(require.resolve(name)));
const { geoNaturalEarth1, geoPath } = await load("d3-geo");
const { feature } = await load("topojson-client");
const { presimplify, simplify, planarTriangleArea } =
    await load("topojson-simplify");
const iso = require("i18n-iso-countries");
const atlas = require("world-atlas/countries-50m.json");

/* What the atlas has without a number of ISO 3166-1. */
const WITHOUT = { Kosovo: "XK" };

const projection = geoNaturalEarth1().rotate([-11, 0]).fitExtent(
    [[2, 2], [WIDTH - 2, HEIGHT + 50]], { type: "Sphere" });
const scale = projection.scale() * Math.PI / 180;
const slim = simplify(presimplify(atlas, planarTriangleArea),
    LEAST / scale / scale);
const path = geoPath(projection).digits(0);
const countries = {};

for (const one of feature(slim, slim.objects.countries).features) {
	const code = iso.numericToAlpha2(one.id) ||
	    WITHOUT[one.properties.name];
	if (code === undefined || code === "AQ")
		continue;
	/* What was an island may be a line now. */
	let text = (path(one) || "").split("Z").filter((ring) =>
	    ring.split("L").length > 3).map((ring) => ring + "Z").join("");
	const whole = feature(atlas, atlas.objects.countries).features.find(
	    (other) => other.id === one.id && other.properties.name ===
	    one.properties.name);
	const exact = geoPath(projection);
	if (exact.area(whole) < SMALL) {
		const [x, y] = exact.centroid(whole).map(Math.round);
		text = `M${x - RADIUS},${y}a${RADIUS},${RADIUS} 0 1 0 ` +
		    `${2 * RADIUS},0a${RADIUS},${RADIUS} 0 1 0 ` +
		    `-${2 * RADIUS},0Z`;
	}
	countries[code] = (countries[code] || "") + text;
}

const here = new URL(".", import.meta.url);
const hash = (...texts) => createHash("sha256").update(texts.join("")).digest(
    "hex");
const body = `"size": [${WIDTH}, ${HEIGHT}],\n"countries": {\n` +
    Object.keys(countries).sort().map((code) =>
	`"${code}": "${countries[code]}"`).join(",\n") + "\n}}\n";

process.stdout.write(`{\n"made_of": "${hash(...["world.mjs",
    "package-lock.json"].map((name) => readFileSync(new URL(name, here),
    "utf8")))}",\n"digest": "${hash(body)}",\n${body}`);
