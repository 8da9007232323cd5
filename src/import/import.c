/*
 * import.c -- print another program's configuration as one of ours.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All formats are read into a tree of keys with their places; what is said of
 * each key stands in the tables of import_*.c.
 */
#include "import/import.h"

#include "base/mem.h"
#include "config/config.h"
#include "config/yaml.h"
#include "import/antispam.h"
#include "import/antispam_statements.h"
#include "import/geoip_policyd_names.h"
#include "import/geoip_policyd_options.h"
#include "import/geoip_policyd_settings.h"
#include "import/ini.h"
#include "import/pcc.h"
#include "import/policyd_rate_limit.h"
#include "import/python.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum { LARGEST_FILE = 16 * 1024 * 1024, FIRST_SIZE = 100 };

static int
read_yaml(struct tree *tree, const char *text, size_t length,
    struct complaints *complaints)
{
	return yaml_read(tree, text, length, "", NULL, complaints);
}

/* JSON is YAML, whose reader knows the place of each value; but what is JSON
 * is for jansson to say. */
static int
read_json(struct tree *tree, const char *text, size_t length,
    struct complaints *complaints)
{
	json_error_t error;
	json_t *document = json_loadb(text, length, JSON_REJECT_DUPLICATES,
	    &error);
	struct place place = { 0 };

	if (document == NULL) {
		place.line = (unsigned)error.line;
		place.column = (unsigned)error.column;
		complain(complaints, &place, "not valid JSON: %s", error.text);
		memset(tree, 0, sizeof(*tree));
		return -1;
	}
	json_decref(document);
	return read_yaml(tree, text, length, complaints);
}

static int
read_server(struct tree *tree, const char *text, size_t length,
    struct complaints *complaints)
{
	return assignments_read(tree, text, length, &geoip_format,
	    complaints);
}

static int
read_statements(struct tree *tree, const char *text, size_t length,
    struct complaints *complaints)
{
	static const struct assignments_format format = { NULL, NULL, NULL };

	return assignments_read(tree, text, length, &format, complaints);
}

/* As the first versions of policyd-rate-limit had it. */
static int
read_program(struct tree *tree, const char *text, size_t length,
    struct complaints *complaints)
{
	static const struct python_name names[] = { { "SQLITE_DB", "0" },
		{ "MYSQL_DB", "1" }, { "PGSQL_DB", "2" }, { NULL, NULL } };

	return python_read(tree, text, length, names, complaints);
}

/* The first line with something in it. */
static void
begins_with(const char *text, size_t length, char first[FIRST_SIZE])
{
	const char *end = text + length;
	size_t taken = 0;

	while (text < end && strchr(" \t\r\n#;", *text) != NULL) {
		const char *stop = *text == '#' || *text == ';' ?
		    memchr(text, '\n', (size_t)(end - text)) : text;

		text = stop != NULL ? stop + 1 : end;
	}
	while (text + taken < end && taken < FIRST_SIZE - 1 &&
	    text[taken] != '\n')
		taken++;
	memcpy(first, text, taken);
	first[taken] = '\0';
}

/* JSON; a unit of systemd begins with [Unit]. */
static bool
is_settings(const char *first)
{
	return first[0] == '{' ||
	    (first[0] == '[' && !isalpha((unsigned char)first[1]));
}

static bool
is_statements(const char *first)
{
	return strstr(first, "_st") != NULL && first[0] != '[';
}

/* "debug = True" in place of YAML's "debug: true" */
static bool
is_program(const char *first)
{
	size_t name = strspn(first, "abcdefghijklmnopqrstuvwxyz_"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	return strncmp(first, "from ", 5) == 0 ||
	    strncmp(first, "import ", 7) == 0 || (name > 0 && first[name + strspn(first + name, " ")] == '=');
}

static bool
is_any(const char *first)
{
	(void)first;
	return true;
}

/* A program may have several files; the first that fits is it. */
static const struct format {
	const char *name;
	bool (*is_it)(const char *first);
	int (*read)(struct tree *, const char *, size_t, struct complaints *);
	void (*take)(struct import *);
} formats[] = {
	{ "geoip-policyd", is_settings, read_json, import_geoip },
	{ "geoip-policyd", is_any, read_server, import_geoip_server },
	{ "policyd-rate-limit", is_program, read_program, import_rate },
	{ "policyd-rate-limit", is_any, read_yaml, import_rate },
	{ "pcc", is_any, ini_read, import_pcc },
	{ "anti-spam", is_statements, read_statements, import_statements },
	{ "anti-spam", is_any, ini_read, import_antispam },
};
enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

static bool
is_known(const char *name)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (strcmp(formats[i].name, name) == 0)
			return true;
	return false;
}

/* The format of a file of a program that is known. */
static const struct format *
choose(const char *name, const char *text, size_t length)
{
	const struct format *format = formats;
	char first[FIRST_SIZE];

	begins_with(text, length, first);
	while (strcmp(format->name, name) != 0 || !format->is_it(first))
		format++;
	return format;
}

/* All that is in a file; NULL with errno set if it cannot be read. */
static char *
read_file(const char *path, size_t *length)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t room = 0;
	int error = 0;

	if (file == NULL)
		return NULL;
	*length = 0;
	do {
		room = room == 0 ? 16 * 1024 : room * 2;
		text = mem_grow(text, room, 1);
		*length += fread(text + *length, 1, room - *length, file);
	} while (*length == room && room < LARGEST_FILE);
	if (ferror(file))
		error = errno;
	else if (*length == LARGEST_FILE)
		error = EFBIG;
	fclose(file);
	if (error == 0)
		return text;
	free(text);
	errno = error;
	return NULL;
}

/* The YAML of a sheet, if it is a good configuration; else NULL. What is
 * wrong then is a value that no row has looked at closely. */
static char *
finish(const struct format *format, const char *path,
    const struct sheet *sheet, FILE *errors)
{
	struct config *config;
	char *text = NULL;
	char *origin = mem_printf("%s, as imported", path);
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	if (stream == NULL)
		abort(); /* no memory: see base/mem.h */
	fprintf(stream, "# From a configuration of %s. Every key that is not "
	    "here has its\n# default: see policyd.yaml(5).\n\n", format->name);
	sheet_print(sheet, stream);
	fclose(stream);
	config = config_parse(text, length, origin, errors);
	free(origin);
	if (config == NULL) {
		free(text);
		return NULL;
	}
	config_free(config);
	return text;
}

static char *
convert(const struct format *format, const char *path, const char *text,
    size_t length, FILE *errors)
{
	struct complaints complaints = { .out = errors, .file = path };
	struct tree tree = { 0 };
	struct import import = { &tree, sheet_new(), &complaints };
	char *yaml = NULL;

	if (format->read(&tree, text, length, &complaints) == 0)
		format->take(&import);
	if (complaints.count == 0)
		yaml = finish(format, path, import.sheet, errors);
	sheet_free(import.sheet);
	tree_clear(&tree);
	return yaml;
}

int
import_run(const char *name, const char *path, FILE *out, FILE *errors)
{
	size_t length = 0;
	char *text;
	char *yaml;

	if (!is_known(name)) {
		fprintf(errors, "policyd: --import-config %s: known are "
		    "geoip-policyd, policyd-rate-limit, pcc and anti-spam\n",
		    name);
		return EX_USAGE;
	}
	text = read_file(path, &length);
	if (text == NULL) {
		fprintf(errors, "%s: cannot be read: %s\n", path,
		    strerror(errno));
		return EX_CONFIG;
	}
	yaml = convert(choose(name, text, length), path, text, length, errors);
	free(text);
	if (yaml == NULL)
		return EX_CONFIG;
	fputs(yaml, out);
	free(yaml);
	return EX_OK;
}
