/* overview.js -- what goes on, and what is wrong.
 * SPDX-License-Identifier: GPL-3.0-or-later */
import { account, country, count, duration, make, number, table, time, when }
    from "./elements.js";
import { get } from "./api_client.js";
import { bars, legend, lines } from "./chart.js";

const SPANS = [["1h", "Last hour"], ["24h", "24 hours"], ["30d", "30 days"]];
/* What is counted, from the bottom of the bars. */
const VERDICTS = [["passed", "passed"], ["exempt", "exempt"],
	["over_limit", "over a limit"], ["over_rate", "over a rate"],
	["deferred", "deferred, from a new place"],
	["blocked", "blocked"], ["errors", "no answer from the store"]];

const rate = (n) => n >= 10 ? number(Math.round(n)) :
    n.toLocaleString([], { maximumSignificantDigits: 2 });

function milliseconds(us) {
	return us >= 1e6 ? us / 1e6 + " s" : us / 1e3 + " ms";
}

/* The time that a share of the requests did not take longer than. */
export function quantile(times, bounds, share) {
	const wanted = times.reduce((sum, n) => sum + n, 0) * share;
	let sum = 0;
	const i = times.findIndex((n) => (sum += n) >= wanted && sum > 0);

	if (i < 0)
		return null;
	/* Nobody knows how much longer the last ones took. */
	return bounds[i] === null ? 2 * bounds[i - 1] : bounds[i];
}

function decisions(told, span) {
	const to = new Date(told.now).getTime();
	const length = told.step * 1000;
	const from = to - told.length * 1000;
	const sums = VERDICTS.map(([name]) => told.buckets.reduce(
	    (sum, bucket) => sum + bucket[name], 0));
	const list = told.buckets.map((bucket) => {
		const at = new Date(bucket.at).getTime();
		/* The first has begun before, the last is not over. */
		const start = Math.max(at, from);
		const end = Math.min(at + length, to);
		const seconds = Math.max(1, (Math.min(at + length, to) - at) /
		    1000);

		return { at: start, length: end - start, bucket,
			values: VERDICTS.map(([name]) =>
			    bucket[name] / seconds),
			title: time(bucket.at) + "\n" + VERDICTS.map(
			    ([name, text]) => `${text}: ${bucket[name]}`
			).join("\n") };
	});
	const p = (share) => list.map(({ at, length: wide, bucket }) => {
		const us = quantile(bucket.times, told.bounds_us, share);

		return us === null ? null : [at + wide / 2, us,
		    `${time(bucket.at)}: ${milliseconds(us)}`];
	}).filter((point) => point !== null);
	const all = told.buckets.reduce((sums, bucket) => bucket.times.map(
	    (n, i) => n + (sums[i] || 0)), []);
	const typical = quantile(all, told.bounds_us, 0.5);
	const slow = quantile(all, told.bounds_us, 0.99);

	return make("section", { "aria-labelledby": "decided" },
	    make("h3", { id: "decided" }, "Decisions per second"),
	    make("p", { class: "spans" }, SPANS.map(([name, text]) =>
		make("a", { href: "#/?span=" + name, "aria-current":
		    name === span ? "true" : null }, text))),
	    bars(list, { from, to, kinds: VERDICTS.map(([name]) => name),
		label: "Decisions per second by verdict: " + VERDICTS.map(
		    ([, text], i) => `${sums[i]} ${text}`).join(", ") }),
	    legend(VERDICTS.map(([name, text], i) => [name, text + " ",
		make("b", {}, number(sums[i]))])),
	    make("h3", {}, "Time to answer"),
	    typical === null ? make("p", {}, "Nothing was asked.") : [
	    lines([{ name: "typical", points: p(0.5) },
		{ name: "slow", points: p(0.99) }],
		{ from, to, ticks: [100, 1000, 10000, 100000, 1000000],
		show: milliseconds, label: "Half of the requests took at " +
		"most " + milliseconds(typical) + ", 99 % at most " +
		milliseconds(slow) }),
	    legend([["typical", "half within ", make("b", {},
		milliseconds(typical))], ["slow", "99 % within ",
		make("b", {}, milliseconds(slow))]])],
	    make("details", {}, make("summary", {}, "As a table"),
		table(["From", ...VERDICTS.map(([, text]) => text),
		    "99 % within"], list.slice().reverse().map(({ bucket }) =>
		    [time(bucket.at), ...VERDICTS.map(([name]) =>
			number(bucket[name])), milliseconds(quantile(
			bucket.times, told.bounds_us, 0.99) || 0)]))));
}

function problems(status) {
	return status.problems.length === 0 ?
	    make("p", { class: "fine" }, "Nothing is wrong.") :
	    make("section", { class: "wrong", "aria-labelledby": "wrong" },
		make("h3", { id: "wrong" }, "What is wrong"),
		make("ul", {}, status.problems.map((problem) =>
		    make("li", {}, make("b", {}, problem.host === null ?
			problem.subject : `${problem.subject}, ` +
			problem.host), ": ", problem.text))));
}

function hosts(status) {
	return make("details", {}, make("summary", {},
	    count(status.hosts.length, "host")), table(["Host", "Version",
	    "Mode", "Workers", "GeoIP file", "Heard of"],
	    status.hosts.map((host) => [host.host, host.version, host.mode,
		`${host.workers} of ${host.workers_configured}`,
		host.geoip_age === null ? "none" :
		    count(Math.floor(host.geoip_age / 86400), "day") + " old",
		host.quiet === 0 ? "now" : duration(host.quiet) + " ago"])));
}

function facts(status, told, now) {
	const list = [["Version", status.version], ["Mode", status.mode]];
	const last = told && told.buckets.filter((bucket) =>
	    now - new Date(bucket.at) < 120000);
	const fact = ([name, value]) => make("div", {}, make("dt", {}, name),
	    make("dd", {}, value));

	if (told && told.step === 60) {
		const sum = last.reduce((sum, bucket) => sum + VERDICTS.reduce(
		    (n, [name]) => n + bucket[name], 0), 0);
		const from = Math.min(...last.map((bucket) =>
		    new Date(bucket.at)), now - 60000);
		list.push(["Decisions per second", rate(sum / ((now - from) /
		    1000))]);
	}
	if (status.store)
		list.push(["Blocked accounts", make("a", { href: "#/blocked" },
		    number(status.store.blocked))],
		    ["Overrides", make("a", { href: "#/overrides" },
			number(status.store.overrides))],
		    ["Notifications waiting", number(status.store.outbox)]);
	return make("dl", { class: "facts" }, list.map(fact));
}

function blocks(id, title, blocks, nobody) {
	return make("section", { "aria-labelledby": id },
	    make("h3", { id }, title),
	    blocks.length === 0 ? make("p", {}, nobody) :
	    table(["Account", "Since", "Country", "Why"], blocks.map(
		(block) => [account(block.account), when(block.began),
		    country(block.country), block.reason])));
}

export async function overview(rest, query) {
	const span = SPANS.some(([name]) => name === query.span) ?
	    query.span : "1h";
	const status = await get("v1/status");
	/* Without the store there is nothing else to tell. */
	const [told, list, would] = status.store === null ? [] :
	    await Promise.all([get("v1/decisions?span=" + span),
		get("v1/blocks?order=newest&limit=10"),
		status.mode === "observe" ? get("v1/blocks?would=1&limit=20") :
		    null]);

	return [make("h2", {}, "Overview"), problems(status),
	    facts(status, told, told && new Date(told.now)),
	    told && decisions(told, span),
	    would && blocks("would", `Would be blocked now: ` +
		count(status.would_block, "account"), would.blocks,
		"Nobody."),
	    list && blocks("newest", "Newest blocks", list.blocks,
		"Nobody is blocked."),
	    hosts(status)];
}
