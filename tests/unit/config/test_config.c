/*
 * test_config.c -- values, complaints and cross-checks of a configuration.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/netset.h"
#include "parse.h"
#include "unit.h"

/* What a file says, and what a key is then. */
static const struct {
	const char *text, *key, *value;
} good[] = {
	{ "", "mode", "enforce" },
	{ "---\n", "mode", "enforce" },
	{ "# nothing\n", "limits.countries", "unlimited" },
	{ "\xef\xbb\xbfmode: observe", "mode", "observe" },
	{ "mode: observe\r\n", "mode", "observe" },
	{ "mode: OBSERVE", "mode", "observe" },
	{ "mode:\n", "mode", "enforce" },
	{ "limits:\n", "limits.window", "24h" },
	{ "limits.countries: 7", "limits.countries", "7" },
	{ "limits: {countries: '7'}", "limits.countries", "7" },
	{ "limits: {countries: unlimited}", "limits.countries", "unlimited" },
	{ "limits: {countries: 1000000}", "limits.countries", "1000000" },
	{ "limits: {window: 1h30m}", "limits.window", "90m" },
	{ "limits: {window: 5400}", "limits.window", "90m" },
	{ "limits: {window: 2w}", "limits.window", "14d" },
	{ "limits: {home: {countries: [de, AT]}}", "limits.home.countries",
	    "DE\nAT" },
	{ "exempt: {countries: [NO, no, on]}", "exempt.countries",
	    "NO\nNO\nON" },
	{ "server: {deadline: 100ms}", "server.deadline", "100ms" },
	{ "server: {deadline: 90s}", "server.deadline", "90s" },
	{ "server: {deadline: 1500ms}", "server.deadline", "1500ms" },
	{ "server: {workers: 256}", "server.workers", "256" },
	{ "socket: {mode: 0600}", "socket.mode", "0600" },
	{ "socket: {mode: '777'}", "socket.mode", "0777" },
	{ "block: {enabled: no, duration: 0}", "block.enabled", "false" },
	{ "block: {duration: 0}", "block.duration", "0s" },
	{ "store: {create: off}", "store.create", "false" },
	{ "store: {create: Yes}", "store.create", "true" },
	{ "store: {url: 'sqlite:/a/b'}", "store.url", "sqlite:/a/b" },
	{ "store: {url: 'postgres://u:pw@h/d?sslmode=require'}", "store.url",
	    "postgres://u:***@h/d?sslmode=require" },
	{ "store: {url: 'host=a dbname=b password=''x y'' user=u'}",
	    "store.url", "host=a dbname=b password=*** user=u" },
	{ "store: {retention: 1d}\nlimits: {window: 7d}", "store.retention",
	    "7d" },
	{ "store: {retention: 8d}\nlimits: {window: 7d}", "store.retention",
	    "8d" },
	{ "identity: {domains: ['@Example.COM', b.example]}",
	    "identity.domains", "example.com\nb.example" },
	{ "identity: {keys: [sender, sasl_username]}", "identity.keys",
	    "sender\nsasl_username" },
	{ "exempt: {accounts: ['@B.example', Joe]}", "exempt.accounts",
	    "@b.example\njoe" },
	{ "exempt: {networks: ['::ffff:192.0.2.0/120', '2001:db8::1']}",
	    "exempt.networks", "192.0.2.0/24\n2001:db8::1" },
	{ "rates: {rules: [{mails: 5, per: 3600}, {per: 1d, mails: 9}]}",
	    "rates.rules", "{mails: 5, per: 1h}\n{mails: 9, per: 24h}" },
	{ "rates: {rules: unlimited}", "rates.rules", "" },
	{ "notify: {events: [unblock]}", "notify.events", "unblock" },
	{ "notify: {on: [unblock]}", "notify.events", "unblock" },
	{ "notify: {on: [unblock]}", "notify.on", "unblock" },
	{ "notify: {events: []}", "notify.events", "" },
	{ "http: {users: {'a.b': '*', joe: "
	  "'$5$salt$0123456789012345678901234567890123456789012'}}",
	    "http.users", "a.b:***\njoe:***" },
	{ "http: {users: []}", "http.users", "" },
	{ "http: {listen: '0.0.0.0:80', users: {a: '*'}}", "http.listen",
	    "0.0.0.0:80" },
	{ "http: {listen: '[::1]:80'}", "http.listen", "[::1]:80" },
	{ "http: {listen: 'unix:/x'}", "http.listen", "unix:/x" },
	{ "http: {tokens: ['read:*']}", "http.tokens", "read:***" },
	{ "listen: ['inet:[::1]:0', 'inet:127.0.0.1:65535']", "listen",
	    "inet:[::1]:0\ninet:127.0.0.1:65535" },
	{ "listen: []", "listen", "" },
	{ "actions: {ok: '450 4.7.1 ${until} ${per}'}", "actions.ok",
	    "450 4.7.1 ${until} ${per}" },
	{ "limits: {countries: 0, home: {countries: [DE]}}",
	    "limits.countries", "0" },
	{ "log: {to: syslog, format: json, level: debug}", "log.format",
	    "json" },
	{ "ldap: {enabled: true, timeout: 1999ms}", "ldap.timeout",
	    "1999ms" },
	{ "notify: {enabled: true, exec: [/bin/true]}", "notify.enabled",
	    "true" },
	{ "overrides:\n- {account: Boss@Example.com, countries: 20,\n"
	  "   networks: unlimited, comment: travels}\n",
	    "overrides",
	    "{account: \"boss@example.com\", countries: 20, "
	    "networks: unlimited, comment: \"travels\"}" },
	{ "overrides:\n- account: 192.0.2.7/24\n  rates: unlimited\n"
	  "  countries:\n  home: {countries: [NO], max_networks: 4}\n",
	    "overrides",
	    "{account: \"192.0.2.0/24\", rates: [], "
	    "home: {countries: [\"NO\"], max_networks: 4}}" },
	{ "providers: {asns: [AS15169, 64500, as4294967295]}",
	    "providers.asns", "AS15169\n64500\nas4294967295" },
	{ "providers: {networks: [192.0.2.9/24]}", "providers.networks",
	    "192.0.2.0/24" },
	{ "overrides:\n- account: a\n  bursts: {hour: {mails: 1000},\n"
	  "    young: {around: False}}\n  new_places:\n"
	  "    quota: {hour: 10, day: Unlimited}\n    deferrals: 7\n"
	  "  history: {known_after: 3, decay: 0.50}\n"
	  "  home: {max_asns: 2}\n  comment: x\n", "overrides",
	    "{account: \"a\", home: {max_asns: 2}, "
	    "history: {known_after: 3, decay: 0.5}, "
	    "new_places: {quota: {hour: 10, day: unlimited}, deferrals: 7}, "
	    "bursts: {hour: {mails: 1000}, young: {around: false}}, "
	    "comment: \"x\"}" },
};

START_TEST(values)
{
	for (size_t i = 0; i < ROWS(good); i++) {
		char *errors;
		struct config *config = parse(good[i].text, &errors);
		char *value;

		ck_assert_msg(config != NULL, "%s: %s", good[i].text, errors);
		value = get(config, good[i].key);
		ck_assert_msg(strcmp(value, good[i].value) == 0,
		    "%s: %s is \"%s\"", good[i].text, good[i].key, value);
		free(value);
		free(errors);
		config_free(config);
	}
}
END_TEST

#define FOUND(key, found) key ": found " found ", allowed is "

/* What a file says, and how the only complaint about it begins. */
static const struct {
	const char *text, *complaint;
} bad[] = {
	{ "x: 1", "f:1:1: x: no such key, policyd.yaml(5)" },
	{ "mod: observe", "f:1:1: mod: no such key, did you mean mode?" },
	{ "limit:\n  countries: 3",
	    "f:1:1: limit: no such key, did you mean limits?" },
	{ "server:\n  worker: 3",
	    "f:2:3: server.worker: no such key, did you mean server.workers" },
	{ "workers: 3",
	    "f:1:1: workers: no such key, did you mean server.workers?" },
	{ "mode: 3", "f:1:7: " FOUND("mode", "\"3\"") "enforce or observe\n" },
	{ "mode: [enforce]", "f:1:1: " FOUND("mode", "a list") },
	{ "mode: {a: b}", "f:1:1: " FOUND("mode", "a map") },
	{ "limits: 3", "f:1:9: " FOUND("limits", "\"3\"") "a section" },
	{ "limits:\n- 3", "f:1:1: " FOUND("limits", "a list") "a section" },
	{ "listen: unix:/a",
	    "f:1:9: " FOUND("listen", "\"unix:/a\"") "a list" },
	{ "- a", "f:1:1: found no keys" },
	{ "a", "f:1:1: found no keys" },
	{ "server: {workers: 0}",
	    "f:1:19: " FOUND("server.workers", "\"0\"") "a number from 1 to" },
	{ "server: {workers: 257}", "f:1:19: server.workers" },
	{ "server: {workers: -1}", "f:1:19: server.workers" },
	{ "server: {workers: 4x}", "f:1:19: server.workers" },
	{ "server: {workers: 0x4}", "f:1:19: server.workers" },
	{ "server: {workers: 99999999999999999999}", "f:1:19: server.workers" },
	{ "server: {deadline: 99ms}", "f:1:20: server.deadline" },
	{ "server: {deadline: 91s}", "f:1:20: server.deadline" },
	{ "server: {deadline: ms}", "f:1:20: server.deadline" },
	{ "server: {deadline: 1h30}", "f:1:20: server.deadline" },
	{ "server: {pidfile: run/x}", "f:1:19: server.pidfile" },
	{ "socket: {mode: 0888}", "f:1:16: socket.mode" },
	{ "socket: {mode: 01777}", "f:1:16: socket.mode" },
	{ "socket: {mode: ''}", "f:1:16: socket.mode" },
	{ "store: {create: maybe}", "f:1:17: store.create" },
	{ "store: {url: ''}", "f:1:14: store.url" },
	{ "store: {url: 'sqlite:x'}", "f:1:14: store.url" },
	{ "store: {url: 'sqlite:'}", "f:1:14: store.url" },
	{ "store: {url: 'mysql://h/d'}", "f:1:14: store.url" },
	{ "store: {url: 'x'}", "f:1:14: store.url" },
	{ "store: {url: 'postgresql://u:p/w@h/d'}", "f:1:14: store.url" },
	{ "limits: {window: 0}", "f:1:18: limits.window" },
	{ "limits: {window: 367d}", "f:1:18: limits.window" },
	{ "limits: {countries: 1000001}", "f:1:21: limits.countries" },
	{ "limits: {countries: 0}", "f:1:21: limits.countries: found 0" },
	{ "limits: {networks: 0}", "f:1:20: limits.networks: found 0" },
	{ "limits: {home: {max_countries: 0}}", "f:1:32: limits.home.max" },
	{ "exempt: {countries: [DEU]}", "f:1:22: exempt.countries[0]" },
	{ "exempt: {countries: [D]}", "f:1:22: exempt.countries[0]" },
	{ "exempt: {countries: [1A]}", "f:1:22: exempt.countries[0]" },
	{ "exempt: {networks: [10.0.0.0/33]}", "f:1:21: exempt.networks[0]" },
	{ "exempt: {networks: [[10.0.0.0/8]]}", "f:1:21: exempt.networks[0]" },
	{ "exempt: {networks: [a, 10.0.0.0/8]}", "f:1:21: exempt.networks[0]" },
	{ "exempt: {accounts: ['a b']}", "f:1:21: exempt.accounts[0]" },
	{ "exempt: {accounts: ['@']}", "f:1:21: exempt.accounts[0]" },
	{ "exempt: {networks_file: /nonexistent}",
	    "f:1:25: exempt.networks_f" },
	{ "exempt: {networks_file: /dev/null}", "f:1:25: exempt.networks_f" },
	{ "providers: {asns: [AS]}", "f:1:20: providers.asns[0]: found" },
	{ "providers: {asns: [0]}", "f:1:20: providers.asns[0]: found" },
	{ "providers: {asns: [AS4294967296]}", "f:1:20: providers.asns[0]" },
	{ "providers: {networks: [AS1]}", "f:1:24: providers.networks[0]" },
	{ "providers: {file: /nonexistent}",
	    "f:1:19: providers.file: /nonexistent: No such file" },
	{ "providers: {file: /dev/null}",
	    "f:1:19: providers.file: /dev/null is not a plain file" },
	{ "identity: {keys: []}", "f:1:12: identity.keys: found 0 items" },
	{ "identity: {keys: [sender, sender]}", "f:1:27: identity.keys[1]" },
	{ "identity: {keys: [helo]}", "f:1:19: identity.keys[0]" },
	{ "identity: {extension: '@'}", "f:1:23: identity.extension" },
	{ "identity: {domains: [a@b]}", "f:1:22: identity.domains[0]" },
	{ "rates: {rules: [{mails: 5, per: 1h}, {mails: 6, per: 60m}]}",
	    "f:1:38: rates.rules[1]: found a second rule per 1h" },
	{ "rates: {rules: [{mails: 0, per: 1h}]}",
	    "f:1:25: rates.rules[0].mails" },
	{ "rates: {rules: [{mails: 5, per: 0}]}",
	    "f:1:33: rates.rules[0].per" },
	{ "rates: {rules: [{mails: 5}]}", "f:1:17: rates.rules[0]: no per" },
	{ "rates: {rules: [{per: 5}]}", "f:1:17: rates.rules[0]: no mails" },
	{ "rates: {rules: [{mails: 5, per: 1h, x: 1}]}",
	    "f:1:37: rates.rules[0].x: no such key" },
	{ "rates: {rules: [5]}", "f:1:17: rates.rules[0]: found \"5\"" },
	{ "rates: {rules: {mails: 5, per: 1h}}",
	    "f:1:9: rates.rules: found a" },
	{ "actions: {ok: ''}", "f:1:15: actions.ok" },
	{ "actions: {ok: ' OK'}", "f:1:15: actions.ok: found a blank" },
	{ "actions: {ok: '450'}", "f:1:15: actions.ok: found \"450\"" },
	{ "actions: {ok: \"OK\\nX\"}", "f:1:15: actions.ok" },
	{ "actions: {ok: \"OK\\eX\"}", "f:1:15: actions.ok" },
	{ "actions: {ok: \"OK\\u0085X\"}", "f:1:15: actions.ok" },
	{ "actions: {ok: 'OK ${a}'}", "f:1:15: actions.ok: found \"${a}\"" },
	{ "actions: {ok: 'OK ${account'}",
	    "f:1:15: actions.ok: found \"${acc" },
	{ "actions: {ok: 'OK ${}'}", "f:1:15: actions.ok: found \"${}\"" },
	{ "listen: [a]", "f:1:1: listen: found \"a\": it must begin" },
	{ "listen: ['unix:a']", "f:1:1: listen: found \"unix:a\": the path" },
	{ "listen: ['inet:1.2.3.4']", "f:1:1: listen" },
	{ "listen: ['inet:unix:/x']", "f:1:1: listen" },
	{ "listen: ['inet:127.0.0.1:80', 'inet:127.0.0.1:000080']",
	    "f:1:1: listen: found \"inet:127.0.0.1:000080\": it is there" },
	{ "listen: ['inet:[::1]:80', 'inet:[0::1]:80']",
	    "f:1:1: listen: found \"inet:[0::1]:80\": it is there" },
	{ "listen: ['inet:127.0.0.1:80']\n"
	  "http: {listen: '127.0.0.1:080'}",
	    "f:2:16: http.listen: found \"127.0.0.1:080\": it is in listen" },
	{ "listen: ['unix:/a', 'unix:/a']",
	    "f:1:1: listen: found \"unix:/a\"" },
	{ "ldap: {filter: '(a=b)'}", "f:1:16: ldap.filter" },
	{ "ldap: {filter: '(a=%s%d)'}", "f:1:16: ldap.filter" },
	{ "ldap: {filter: 'a=%s'}", "f:1:16: ldap.filter" },
	{ "ldap: {uris: ['http://a']}", "f:1:8: ldap.uris" },
	{ "ldap: {uris: ['ldaps://a'], starttls: true}",
	    "f:1:39: ldap.starttls" },
	{ "ldap: {enabled: true, timeout: 2s}", "f:1:32: ldap.timeout" },
	{ "ldap: {enabled: true, sasl_external: true}", "f:1:38: ldap.sasl" },
	{ "ldap: {enabled: true, bind_dn: a}", "f:1:32: ldap.bind_dn" },
	{ "ldap: {tls: {cert_file: /a}}", "f:1:25: ldap.tls.cert_file" },
	{ "ldap: {tls: {key_file: /a}}", "f:1:" },
	{ "http: {tls: {cert_file: /a}}", "f:1:25: http.tls.cert_file" },
	{ "http: {listen: '0.0.0.0:80'}", "f:1:16: http.listen" },
	{ "http: {listen: '[::]:80'}", "f:1:16: http.listen" },
	{ "http: {listen: ':80'}", "f:1:16: http.listen" },
	{ "http: {users: {joe: secret}}", "f:1:21: http.users.joe: found "
					  "\"***\"" },
	{ "http: {users: {'a:b': '*'}}", "f:1:23: http.users.a:b" },
	{ "http: {users: [joe]}", "f:1:8: http.users: found a list" },
	{ "http: {tokens: ['root:*']}", "f:1:17: http.tokens[0]" },
	{ "http: {tokens: ['read:0123']}", "f:1:17: http.tokens[0]: found "
					   "\"***\"" },
	{ "notify: {enabled: true}", "f:1:19: notify.enabled: found true" },
	{ "notify: {enabled: true, to: [a@b]}", "f:1:19: notify.enabled" },
	{ "notify: {enabled: true, from: a@b}", "f:1:19: notify.enabled" },
	{ "notify: {enabled: true, from: a@b, to: ['']}", "f:1:41: notify.to" },
	{ "notify: {to: ['A <a@b>']}", "f:1:10: notify.to" },
	{ "notify: {to: ['a@']}", "f:1:10: notify.to" },
	{ "notify: {to: [\"a@b\\r\\nBcc: c@d\"]}", "f:1:15: notify.to[0]" },
	{ "notify: {from: \"a@b\\nX: y\"}", "f:1:16: notify.from" },
	{ "notify: {subject: \"a\\rX: y\"}", "f:1:19: notify.subject" },
	{ "notify: {subject: '${x}'}", "f:1:19: notify.subject" },
	{ "notify: {content_type: 'text/plain; charset=x'}", "f:1:24: notify" },
	{ "notify: {on: [bang]}", "f:1:15: notify.on[0]" },
	{ "notify: {exec: [true]}", "f:1:10: notify.exec" },
	{ "notify: {template: /nonexistent}", "f:1:20: notify.template" },
	{ "notify: {webhook: 'ftp://a'}", "f:1:19: notify.webhook" },
	{ "smtp: {username: a}", "f:1:18: smtp.username" },
	{ "report: {subject: \"a\\nb\"}", "f:1:19: report.subject" },
	{ "report: {to: [a@b], enabled: true}", "f:1:30: report.enabled" },
	{ "report: {enabled: true}\nnotify: {from: a@b}", "f:1:19: report" },
	{ "overrides: [joe]", "f:1:13: overrides[0]: found \"joe\"" },
	{ "overrides: [{countries: 1}]", "f:1:13: overrides[0]: no account" },
	{ "overrides: [{account: }]", "f:1:" },
	{ "overrides: [{account: 10.0.0.0/33}]", "f:1:23: overrides[0].acc" },
	{ "overrides: [{account: 'a b'}]", "f:1:23: overrides[0].account" },
	{ "overrides: [{account: a, country: 1}]", "f:1:26: overrides[0].c" },
	{ "overrides: [{account: a, countries: x}]", "f:1:37: overrides[0].c" },
	{ "overrides: [{account: a, home: 1}]", "f:1:32: overrides[0].home" },
	{ "overrides: [{account: a, home: {x: 1}}]",
	    "f:1:33: overrides[0].home.x: no such key" },
	{ "overrides: [{account: a, new_places: 1}]",
	    "f:1:38: overrides[0].new_places: found \"1\"" },
	{ "overrides: [{account: a, new_places: {quota: {hours: 1}}}]",
	    "f:1:47: overrides[0].new_places.quota.hours: no such key" },
	{ "overrides: [{account: a, new_places: {deferrals: 8}}]",
	    "f:1:50: overrides[0].new_places.deferrals: found \"8\", allowed "
	    "is a number from 1 to 7, or unlimited" },
	{ "overrides: [{account: a, bursts: {young: {days: [1]}}}]",
	    "f:1:43: overrides[0].bursts.young.days: found a list, allowed is "
	    "a number from 1 to 60" },
	{ "overrides: [{account: a, only_countries: [x1]}]",
	    "f:1:43: overrides[0].only_countries[0]" },
	{ "overrides: [{account: a, only_networks: 1}]", "f:1:41: overrides" },
	{ "overrides: [{account: a, rates: [{mails: x, per: 1}]}]",
	    "f:1:42: overrides[0].rates[0].mails" },
};

START_TEST(complaints)
{
	for (size_t i = 0; i < ROWS(bad); i++) {
		char *errors;
		struct config *config = parse(bad[i].text, &errors);
		const char *wanted = bad[i].complaint;

		ck_assert_msg(config == NULL, "taken: %s", bad[i].text);
		ck_assert_msg(strncmp(errors, wanted, strlen(wanted)) == 0,
		    "%s: %s", bad[i].text, errors);
		ck_assert_msg(strchr(errors, '\n') ==
			errors + strlen(errors) - 1,
		    "%s: more than one: %s", bad[i].text, errors);
		free(errors);
	}
}
END_TEST

START_TEST(every_error_is_reported)
{
	char *errors;
	struct config *config = parse("mode: x\n"
				      "workers: 3\n"
				      "limits: {countries: x, window: 0}\n"
				      "http: {listen: '0.0.0.0:1'}\n"
				      "actions: {ok: '1', error: '${x}'}\n",
	    &errors);
	size_t lines = 0;

	ck_assert_ptr_null(config);
	for (const char *c = errors; *c != '\0'; c++)
		lines += *c == '\n';
	ck_assert_uint_eq(lines, 7);
	free(errors);
}
END_TEST

START_TEST(what_is_derived)
{
	char *errors;
	struct config *config = parse("exempt: {networks: [192.0.2.0/24],\n"
				      "  countries: [DE]}\n"
				      "limits: {home: {countries: [AT]}}\n",
	    &errors);
	struct addr addr;

	ck_assert_msg(config != NULL, "%s", errors);
	ck_assert_ptr_null(config->rates.networks);
	ck_assert_int_eq(addr_parse("192.0.2.9", &addr), 0);
	ck_assert(netset_has(config->exempt.networks, &addr));
	ck_assert_int_eq(addr_parse("10.1.2.3", &addr), 0);
	ck_assert(netset_has(config->exempt.networks, &addr));
	ck_assert_int_eq(addr_parse("198.51.100.1", &addr), 0);
	ck_assert(!netset_has(config->exempt.networks, &addr));
	ck_assert(countries_has(&config->settings.exempt_countries, "DE"));
	ck_assert(countries_has(&config->settings.home_countries, "AT"));
	ck_assert_str_eq(config->path, "f");
	free(errors);
	config_free(config);

	config = parse("count: {private: true}\n"
		       "rates: {networks: [10.0.0.0/8]}\n",
	    &errors);
	ck_assert_msg(config != NULL, "%s", errors);
	ck_assert_int_eq(addr_parse("10.1.2.3", &addr), 0);
	ck_assert(!netset_has(config->exempt.networks, &addr));
	ck_assert(netset_has(config->rates.networks, &addr));
	free(errors);
	config_free(config);
}
END_TEST

UNIT("config/config", values, complaints, every_error_is_reported,
    what_is_derived)
