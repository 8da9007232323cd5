/*
 * side.c -- a store to test: SQLite in a file, or PostgreSQL in a database.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "side.h"

#include "base/mem.h"
#include "dump.h"

#include <check.h>
#include <dirent.h>
#include <jansson.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct side {
	enum side_kind kind;
	sqlite3 *lite;
	PGconn *pg;
	bool is_borrowed;
};

static struct {
	char directory[64];
	char database[64];
	char urls[SIDES][160];
	/*
	 * Looking takes a new session longer than what most tests do beside:
	 * one is made before the tests, each of which is a child, and lent to
	 * one side at a time. is_lent is theirs together; it stays set by who
	 * never gives the session back, and so leaves it as nobody knows.
	 */
	PGconn *pg;
	atomic_flag *is_lent;
} place;

bool
side_is_proxy(enum side_kind kind)
{
	return kind == SIDE_PGSQL && getenv("POLICYD_TEST_STORE") != NULL;
}

bool
side_exists(enum side_kind kind)
{
	return kind == SIDE_SQLITE || side_is_proxy(kind) ||
	    getenv("PGHOST") != NULL ||
	    getenv("PGPORT") != NULL || getenv("PGSERVICE") != NULL;
}

const char *
side_name(enum side_kind kind)
{
	return kind == SIDE_SQLITE ? "SQLite" :
	    side_is_proxy(kind) ? "proxy" : "PostgreSQL";
}

const char *
side_url(enum side_kind kind)
{
	return place.urls[kind];
}

/* Run a command in the database that the environment names. */
static void
command_server(const char *format, const char *name)
{
	PGconn *conn = PQconnectdb("");
	char sql[160];
	PGresult *result;

	snprintf(sql, sizeof(sql), "%s %s", format, name);
	result = PQexec(conn, sql);
	if (PQresultStatus(result) != PGRES_COMMAND_OK) {
		fprintf(stderr, "%s: %s", sql, PQerrorMessage(conn));
		exit(EXIT_FAILURE);
	}
	PQclear(result);
	PQfinish(conn);
}

static PGconn *
look_at_server(void)
{
	PGconn *conn = PQconnectdb(side_is_proxy(SIDE_PGSQL) ?
	    getenv("POLICYD_TEST_LOOK") : side_url(SIDE_PGSQL));

	if (PQstatus(conn) != CONNECTION_OK) {
		fprintf(stderr, "%s", PQerrorMessage(conn));
		exit(EXIT_FAILURE);
	}
	return conn;
}

static void
make_session_to_lend(void)
{
	place.is_lent = mmap(NULL, sizeof(*place.is_lent),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (place.is_lent == MAP_FAILED) {
		perror("mmap");
		exit(EXIT_FAILURE);
	}
	atomic_flag_clear(place.is_lent);
	place.pg = look_at_server();
}

void
sides_begin(void)
{
	const char *temporary = getenv("TMPDIR");

	snprintf(place.directory, sizeof(place.directory), "%s/policyd.XXXXXX",
	    temporary != NULL && strlen(temporary) < 40 ? temporary : "/tmp");
	if (mkdtemp(place.directory) == NULL) {
		perror(place.directory);
		exit(EXIT_FAILURE);
	}
	snprintf(place.urls[SIDE_SQLITE], sizeof(place.urls[SIDE_SQLITE]),
	    "sqlite:%s/store.db", place.directory);
	if (side_is_proxy(SIDE_PGSQL)) {
		snprintf(place.urls[SIDE_PGSQL],
		    sizeof(place.urls[SIDE_PGSQL]), "%s",
		    getenv("POLICYD_TEST_STORE"));
		make_session_to_lend();
		return;
	}
	if (!side_exists(SIDE_PGSQL))
		return;
	snprintf(place.database, sizeof(place.database), "policyd_test_%ld",
	    (long)getpid());
	command_server("CREATE DATABASE", place.database);
	snprintf(place.urls[SIDE_PGSQL], sizeof(place.urls[SIDE_PGSQL]),
	    "postgresql:///%s", place.database);
	make_session_to_lend();
}

/* Logs that were put aside, too: their names have the time. */
static void
remove_directory(const char *directory)
{
	DIR *entries = opendir(directory);
	const struct dirent *entry;
	char path[400];

	while (entries != NULL && (entry = readdir(entries)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", directory,
		    entry->d_name);
		if (entry->d_name[0] != '.')
			unlink(path);
	}
	if (entries != NULL)
		closedir(entries);
	if (rmdir(directory) != 0)
		perror(directory);
}

void
sides_end(void)
{
	remove_directory(place.directory);
	PQfinish(place.pg);
	if (place.database[0] != '\0')
		command_server("DROP DATABASE", place.database);
}

struct side *
side_open(enum side_kind kind)
{
	struct side *side = mem_new(1, sizeof(*side));

	side->kind = kind;
	if (kind == SIDE_SQLITE) {
		ck_assert_int_eq(sqlite3_open_v2(side_url(kind) +
		    strlen("sqlite:"), &side->lite, SQLITE_OPEN_READWRITE,
		    NULL), SQLITE_OK);
		sqlite3_busy_timeout(side->lite, 20000);
		return side;
	}
	side->is_borrowed = !atomic_flag_test_and_set(place.is_lent);
	side->pg = side->is_borrowed ? place.pg : look_at_server();
	free(side_sql(side, "DISCARD ALL"));
	free(side_sql(side, "SET TimeZone = 'UTC'"));
	return side;
}

void
side_close(struct side *side)
{
	sqlite3_close(side->lite);
	if (side->is_borrowed)
		atomic_flag_clear(place.is_lent);
	else
		PQfinish(side->pg);
	free(side);
}

/* Text that grows. */
struct lines {
	char *text;
	size_t length;
};

static void
add_line(struct lines *lines, int columns, const char *const *values)
{
	for (int i = 0; i < columns; i++) {
		const char *value = values[i] != NULL ? values[i] : "-";
		size_t length = strlen(value);

		lines->text = mem_grow(lines->text, lines->length + length + 2,
		    1);
		memcpy(lines->text + lines->length, value, length);
		lines->length += length;
		lines->text[lines->length++] = i + 1 < columns ? '|' : '\n';
		lines->text[lines->length] = '\0';
	}
}

static int
add_row(void *lines, int columns, char **values, char **names)
{
	(void)names;
	add_line(lines, columns, (const char *const *)values);
	return 0;
}

static void
add_result(struct lines *lines, const PGresult *result)
{
	for (int row = 0; row < PQntuples(result); row++) {
		const char *values[40];
		int columns = PQnfields(result);

		ck_assert_int_le(columns, 40);
		for (int i = 0; i < columns; i++)
			values[i] = PQgetisnull(result, row, i) ? NULL :
			    PQgetvalue(result, row, i);
		add_line(lines, columns, values);
	}
}

char *
side_sql(struct side *side, const char *sql)
{
	struct lines lines = { mem_dup(""), 0 };
	PGresult *result;

	if (side->kind == SIDE_SQLITE) {
		char *error = NULL;

		if (sqlite3_exec(side->lite, sql, add_row, &lines, &error) !=
		    SQLITE_OK)
			ck_abort_msg("%s: %s", error, sql);
		return lines.text;
	}
	result = PQexec(side->pg, sql);
	if (PQresultStatus(result) != PGRES_TUPLES_OK &&
	    PQresultStatus(result) != PGRES_COMMAND_OK)
		ck_abort_msg("%s: %s", PQerrorMessage(side->pg), sql);
	add_result(&lines, result);
	PQclear(result);
	return lines.text;
}

void
side_wipe(struct side *side)
{
	static const char *const tables[] = { "account", "login", "block",
		"override", "outbox", "hit", "turn", "audit" };
	char sql[80];

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		snprintf(sql, sizeof(sql), "DELETE FROM %s%s",
		    side->kind == SIDE_PGSQL ? "policyd." : "", tables[i]);
		free(side_sql(side, sql));
	}
}

/* "DE,AT" as a list. */
static json_t *
words_json(const char *list)
{
	json_t *array = json_array();
	char *copy = mem_dup(list);
	char *state = NULL;

	for (char *word = strtok_r(copy, ",", &state); word != NULL;
	     word = strtok_r(NULL, ",", &state))
		json_array_append_new(array, json_string(word));
	free(copy);
	return array;
}

/* "2,3600,10,86400" as rules. */
static json_t *
rates_json(const char *list)
{
	json_t *array = json_array();
	int mails, per, length;

	for (; sscanf(list, "%d,%d%n", &mails, &per, &length) == 2;
	     list += list[length] == ',' ? length + 1 : length)
		json_array_append_new(array, json_pack("{si si}", "mails",
		    mails, "per", per));
	return array;
}

static json_t *
limit_json(const char *value)
{
	return strcmp(value, "-1") == 0 ? json_string("unlimited") :
					  json_integer(atoi(value));
}

static void
set_home(json_t *home, const char *name, const char *value)
{
	char *key = mem_printf("max_%s", name);

	json_object_set_new(home, key, limit_json(value));
	free(key);
}

/* A word, "countries=5", as a setting. */
static void
add_setting(json_t *settings, const char *name, const char *value)
{
	json_t *home = json_object_get(settings, "home");

	if (strcmp(name, "home") == 0)
		json_object_set_new(home, "countries", words_json(value));
	else if (strncmp(name, "home_", 5) == 0)
		set_home(home, name + strlen("home_"), value);
	else if (strncmp(name, "only_", 5) == 0)
		json_object_set_new(settings, name, words_json(value));
	else if (strcmp(name, "rates") == 0)
		json_object_set_new(settings, name, rates_json(value));
	else
		json_object_set_new(settings, name, limit_json(value));
}

void
side_override(struct side *side, const char *account, const char *words)
{
	bool is_pg = side->kind == SIDE_PGSQL;
	const char *schema = is_pg ? "policyd." : "";
	json_t *settings = json_pack("{s{}}", "home");
	char *copy = mem_dup(words);
	char *state = NULL;
	char until[80] = "NULL";
	char *text, *sql;

	for (char *word = strtok_r(copy, " ", &state); word != NULL;
	     word = strtok_r(NULL, " ", &state)) {
		char *equals = strchr(word, '=');

		ck_assert_ptr_nonnull(equals);
		*equals++ = '\0';
		if (strcmp(word, "valid_until") == 0)
			snprintf(until, sizeof(until), is_pg ?
			    "to_timestamp(%s / 1000.0)" : "%s", equals);
		else
			add_setting(settings, word, equals);
	}
	text = json_dumps(settings, JSON_COMPACT);
	sql = mem_printf("DELETE FROM %soverride WHERE account = '%s'; "
	    "INSERT INTO %soverride (account, settings, changed_at, "
	    "valid_until) VALUES ('%s', '%s', %s, %s)", schema, account,
	    schema, account, text, is_pg ? "now()" : "0", until);
	free(side_sql(side, sql));
	free(sql);
	free(text);
	free(copy);
	json_decref(settings);
}

char *
side_dump_until(struct side *side, const char *last)
{
	struct lines all = { mem_dup(""), 0 };

	for (size_t i = 0; dump_queries[i].name != NULL; i++) {
		const struct dump_query *query = &dump_queries[i];
		const char *section = query->name;
		char *rows;

		if (last != NULL && strcmp(section, last) == 0)
			break;
		rows = side_sql(side, side->kind == SIDE_SQLITE ?
		    query->sqlite : query->pgsql);
		add_line(&all, 1, &section);
		add_line(&all, 1, (const char *const[]){ rows });
		free(rows);
	}
	return all.text;
}

char *
side_dump(struct side *side)
{
	return side_dump_until(side, NULL);
}
