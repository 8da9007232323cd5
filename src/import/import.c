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
#include "import/geoip.h"
#include "import/ini.h"
#include "import/pcc.h"
#include "import/rate.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum { LARGEST_FILE = 16 * 1024 * 1024 };

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

static const struct format {
	const char *name;
	int (*read)(struct tree *, const char *, size_t, struct complaints *);
	void (*take)(struct import *);
} formats[] = {
	{ "geoip-policyd", read_json, import_geoip },
	{ "policyd-rate-limit", read_yaml, import_rate },
	{ "pcc", ini_read, import_pcc },
	{ "anti-spam", ini_read, import_antispam },
};
enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

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
	const struct format *format = formats;
	size_t length = 0;
	char *text;
	char *yaml;

	while (format < formats + FORMATS && strcmp(format->name, name) != 0)
		format++;
	if (format == formats + FORMATS) {
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
	yaml = convert(format, path, text, length, errors);
	free(text);
	if (yaml == NULL)
		return EX_CONFIG;
	fputs(yaml, out);
	free(yaml);
	return EX_OK;
}
