/*
 * test_load.c -- where a configuration comes from: files, environment, dump.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/value.h"
#include "parse.h"
#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

/* A file of the given permissions with a text in it; to be removed. */
static char *
make_file(const char *text, mode_t mode)
{
	char *path = mem_dup("/tmp/policyd-test-XXXXXX");
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ck_assert_int_eq(fchmod(fd, mode), 0);
	close(fd);
	return path;
}

static struct config *
load(const char *path, bool is_optional, char **errors)
{
	size_t size;
	FILE *out = open_memstream(errors, &size);
	struct config *config = config_load(path, is_optional, out);

	fclose(out);
	return config;
}

START_TEST(a_missing_file)
{
	char *errors;
	struct config *config = load("/nonexistent", true, &errors);

	ck_assert_ptr_nonnull(config);
	ck_assert_str_eq(errors, "");
	config_free(config);
	free(errors);
	ck_assert_ptr_null(load("/nonexistent", false, &errors));
	ck_assert_str_eq(errors, "/nonexistent: cannot be opened: No such "
				 "file or directory\n");
	free(errors);
	ck_assert_ptr_null(load("/tmp", true, &errors));
	ck_assert_str_eq(errors, "/tmp: cannot be read: Is a directory\n");
	free(errors);
}
END_TEST

static const struct {
	const char *what, *text;
	mode_t mode;
	const char *complaint; /* NULL: it is taken */
} files[] = {
	{ "no secret, public", "mode: observe", 0644, NULL },
	{ "password, private", "store: {url: 'postgresql://u:p@h/d'}", 0640,
	    NULL },
	{ "password, public", "store: {url: 'postgresql://u:p@h/d'}", 0644,
	    ":1:14: store.url: holds a secret" },
	{ "query, public", "store: {url: 'postgresql://h/d?password=x'}", 0604,
	    ":1:14: store.url: holds a secret" },
	{ "keyword, public", "store: {url: 'host=h password=x'}", 0604,
	    ":1:14: store.url: holds a secret" },
	{ "masked, public", "store: {url: 'postgresql://u:***@h/d'}", 0644,
	    NULL },
	{ "hash, public",
	    "http: {tokens: ['read:0123456789abcdef0123456789abcdef"
	    "0123456789abcdef0123456789abcdef']}",
	    0644, ":1:8: http.tokens: holds a secret" },
	{ "hash, private",
	    "http: {tokens: ['read:0123456789abcdef0123456789abcdef"
	    "0123456789abcdef0123456789abcdef']}",
	    0640, NULL },
	{ "locked user, public", "http: {users: {joe: '*'}}", 0644, NULL },
	{ "webhook, public", "notify: {webhook: 'https://u:p@h/'}", 0644,
	    ":1:19: notify.webhook: holds a secret" },
};

START_TEST(secrets_in_the_file)
{
	for (size_t i = 0; i < ROWS(files); i++) {
		char *path = make_file(files[i].text, files[i].mode);
		char *errors;
		struct config *config = load(path, false, &errors);

		if (files[i].complaint == NULL)
			ck_assert_msg(config != NULL, "%s: %s", files[i].what,
			    errors);
		else
			ck_assert_msg(config == NULL &&
				strncmp(errors + strlen(path),
				    files[i].complaint,
				    strlen(files[i].complaint)) == 0,
			    "%s: %s", files[i].what, errors);
		config_free(config);
		free(errors);
		unlink(path);
		free(path);
	}
}
END_TEST

static const struct {
	const char *text;
	mode_t mode;
	const char *password; /* NULL: refused */
} secrets[] = {
	{ "swordfish\n", 0600, "swordfish" },
	{ "sword fish\r\nsecond line\n", 0640, "sword fish" },
	{ "no newline", 0600, "no newline" },
	{ "world can read\n", 0644, NULL },
	{ "", 0600, NULL },
	{ "\nsecond line\n", 0600, NULL },
};

START_TEST(secrets_in_files)
{
	for (size_t i = 0; i < ROWS(secrets); i++) {
		char *path = make_file(secrets[i].text, secrets[i].mode);
		char *text = mem_printf("store: {password_file: %s}", path);
		char *errors;
		struct config *config = parse(text, &errors);

		if (secrets[i].password == NULL) {
			ck_assert_msg(config == NULL, "%zu", i);
			ck_assert_msg(strncmp(errors,
					  "f:1:24: store.password_file: /",
					  30) == 0,
			    "%zu: %s", i, errors);
			/* Whatever is wrong, it is not shown. */
			ck_assert_ptr_null(strstr(errors, "second"));
			ck_assert_ptr_null(strstr(errors, "world"));
		} else {
			ck_assert_msg(config != NULL, "%zu: %s", i, errors);
			ck_assert_str_eq(config->store.password,
			    secrets[i].password);
		}
		config_free(config);
		free(errors);
		unlink(path);
		free(path);
		free(text);
	}
}
END_TEST

START_TEST(a_secret_that_is_no_file)
{
	char *errors;

	ck_assert_ptr_null(parse("smtp: {username: a, password_file: /tmp}",
	    &errors));
	ck_assert_ptr_nonnull(strstr(errors, "not a plain file"));
	free(errors);
}
END_TEST

static const struct {
	const char *name, *value, *key, *is; /* is NULL: refused with key */
} variables[] = {
	{ "POLICYD_LIMITS_COUNTRIES", "9", "limits.countries", "9" },
	{ "POLICYD_LIMITS_HOME_MAX_NETWORKS", "unlimited",
	    "limits.home.max_networks", "unlimited" },
	{ "POLICYD_MODE", "observe", "mode", "observe" },
	{ "POLICYD_LISTEN", "unix:/a, inet:[::1]:5", "listen",
	    "unix:/a\ninet:[::1]:5" },
	{ "POLICYD_LISTEN", "", "listen", "" },
	{ "POLICYD_LISTEN", "[unix:/a, 'unix:/b']", "listen",
	    "unix:/a\nunix:/b" },
	{ "POLICYD_EXEMPT_COUNTRIES", " de ,AT", "exempt.countries", "DE\nAT" },
	{ "POLICYD_RATES_RULES", "[{mails: 1, per: 1h}]", "rates.rules",
	    "{mails: 1, per: 1h}" },
	{ "POLICYD_HTTP_USERS", "{joe: '*'}", "http.users", "joe:***" },
	{ "POLICYD_OVERRIDES", "[{account: a, networks: 1}]", "overrides",
	    "{account: \"a\", networks: 1}" },
	{ "POLICYD_SERVER_PIDFILE", "", "server.pidfile", "" },
	{ "POLICYD_UNRELATED", "x", "mode", "enforce" },
	{ "POLICYD_PORT", "tcp://10.0.0.1:4646", "mode", "enforce" },
	{ "POLICYD_SERVER_WORKERS", "x",
	    "POLICYD_SERVER_WORKERS: server.workers: found \"x\"", NULL },
	{ "POLICYD_SERVER_WORKERS", "",
	    "POLICYD_SERVER_WORKERS: server.workers: found \"\"", NULL },
	{ "POLICYD_EXEMPT_COUNTRIES", "DE,,AT",
	    "POLICYD_EXEMPT_COUNTRIES: exempt.countries[1]: found \"\"", NULL },
	{ "POLICYD_RATES_RULES", "[{mails: x, per: 1h}]",
	    "POLICYD_RATES_RULES: rates.rules[0].mails: found \"x\"", NULL },
	{ "POLICYD_RATES_RULES", "[{mails",
	    "POLICYD_RATES_RULES: not valid YAML", NULL },
	{ "POLICYD_LIMIT_COUNTRIES", "3",
	    "POLICYD_LIMIT_COUNTRIES: no such variable, did you mean "
	    "POLICYD_LIMITS_COUNTRIES?",
	    NULL },
	{ "POLICYD_ACTIONS_OK", "OK ${x}",
	    "POLICYD_ACTIONS_OK: actions.ok: found \"${x}\"", NULL },
	{ "POLICYD_ACTIONS_OK", "OK \xff",
	    "POLICYD_ACTIONS_OK: actions.ok: found", NULL },
};

START_TEST(the_environment)
{
	for (size_t i = 0; i < ROWS(variables); i++) {
		const char *file = "limits: {countries: 4}\n";
		char *errors;
		struct config *config;
		char *value;

		ck_assert_int_eq(setenv(variables[i].name, variables[i].value,
				     1),
		    0);
		config = parse(file, &errors);
		unsetenv(variables[i].name);
		if (variables[i].is == NULL) {
			ck_assert_msg(config == NULL, "%zu", i);
			ck_assert_msg(strncmp(errors, variables[i].key,
					  strlen(variables[i].key)) == 0,
			    "%s", errors);
			free(errors);
			continue;
		}
		ck_assert_msg(config != NULL, "%s", errors);
		value = get(config, variables[i].key);
		ck_assert_str_eq(value, variables[i].is);
		free(value);
		free(errors);
		config_free(config);
	}
}
END_TEST

START_TEST(a_secret_from_the_environment_may_be)
{
	char *path = make_file("mode: observe", 0644);
	char *errors;
	struct config *config;

	setenv("POLICYD_STORE_URL", "postgresql://u:p@h/d", 1);
	config = load(path, false, &errors);
	unsetenv("POLICYD_STORE_URL");
	ck_assert_msg(config != NULL, "%s", errors);
	ck_assert_str_eq(config->store.url, "postgresql://u:p@h/d");
	config_free(config);
	free(errors);
	unlink(path);
	free(path);
}
END_TEST

/* Texts that a careless writer of YAML would change. */
static const char *const hostile[] = {
	"", "null", "~", "yes", "0660", "3", "1e3", "\"", "'", "\\", "a: b",
	"a #b", "#", "- a", "[a]", "{a: b}", "*a", "&a", "!a", "%a", "@a",
	"`a", "|", ">", " a ", "a\nb", "a\n", "\n", "a\tb", "\x01\x1f\x7f",
	"\xc3\xa9", "\xc2\x85", "\xe2\x80\xa8", "\xef\xbb\xbf", "\xef\xbf\xbf",
	"\xf0\x9f\x93\xae", "---", "...", "\r\n", "${account}",
};

static void
assert_round_trip(const struct config *config, const char *what)
{
	char *first = dump(config);
	char *errors;
	struct config *again = parse(first, &errors);
	char *second;

	ck_assert_msg(again != NULL, "%s: %s\n%s", what, errors, first);
	second = dump(again);
	ck_assert_msg(strcmp(first, second) == 0, "%s:\n%s\n%s", what, first,
	    second);
	free(first);
	free(second);
	free(errors);
	config_free(again);
}

START_TEST(dump_of_hostile_texts)
{
	for (size_t i = 0; i < ROWS(hostile); i++) {
		char *errors;
		struct config *config = parse("overrides: [{account: a}]",
		    &errors);

		ck_assert_ptr_nonnull(config);
		config->overrides[0].comment = mem_dup(hostile[i]);
		/* A comment may be any text, a DN only a line. */
		if (value_is_line(hostile[i])) {
			free(config->ldap.base);
			config->ldap.base = mem_dup(hostile[i]);
		}
		assert_round_trip(config, hostile[i]);
		free(errors);
		config_free(config);
	}
}
END_TEST

START_TEST(dump_of_everything)
{
	static const char *const texts[] = {
		"",
		"overrides:\n"
		"- {account: a, countries: 1, networks: unlimited,\n"
		"   home: {countries: [NO], max_countries: 2,\n"
		"   max_networks: unlimited}, only_countries: [YE, 'ON'],\n"
		"   only_networks: ['2001:db8::/32', 192.0.2.1],\n"
		"   rates: [{mails: 1, per: 1s}, {mails: 2, per: 90s}]}\n"
		"- {account: '2001:db8::/32', rates: []}\n"
		"- {account: '@b', only_countries: []}\n"
		"- {account: c, history: {decay: 0.125},\n"
		"   new_places: {countries: {day: 1}, quota: {day: 0},\n"
		"   beginner: {hour: unlimited}, patience: 3},\n"
		"   bursts: {day: {factor: 1000}, young: {around: true}}}\n",
		"http: {users: {'a.b': '*', 'null': '!', '- c': '*'},\n"
		"  tokens: ['admin:*']}\n",
		"store: {url: 'postgresql://u:p:q@h/d?a=b&password=c&e=f'}\n",
		"store: {url: \"host=h password='a \\\\' b' user=u\"}\n",
		"socket: {mode: 0}\nserver: {deadline: 150ms}\n"
		"listen: []\nnotify: {on: []}\nblock: {duration: 0}\n"
		"rates: {rules: [{mails: 1, per: 90061}]}\n",
	};

	for (size_t i = 0; i < ROWS(texts); i++) {
		char *errors;
		struct config *config = parse(texts[i], &errors);

		ck_assert_msg(config != NULL, "%s", errors);
		assert_round_trip(config, texts[i]);
		free(errors);
		config_free(config);
	}
}
END_TEST

START_TEST(get_knows_no_other_key)
{
	char *errors;
	struct config *config = parse("", &errors);

	ck_assert_int_eq(config_get(config, "limits", stderr), -1);
	ck_assert_int_eq(config_get(config, "", stderr), -1);
	ck_assert_int_eq(config_get(config, "store.password", stderr), -1);
	free(errors);
	config_free(config);
}
END_TEST

UNIT("config/load", a_missing_file, secrets_in_the_file, secrets_in_files,
    a_secret_that_is_no_file, the_environment,
    a_secret_from_the_environment_may_be, dump_of_hostile_texts,
    dump_of_everything, get_knows_no_other_key)
