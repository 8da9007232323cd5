/*
 * test_docs.c -- sample file and man page against the table of keys.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sample file sets every key to its default. In the man page the line
 * after ".It Ic KEY" gives type, range and default.
 */
#include "config/spelling.h"
#include "config/value.h"
#include "config/yaml.h"
#include "parse.h"
#include "unit.h"

static const char sample[] = "etc/policyd.yaml";
static const char man[] = "man/policyd.yaml.5";

static char *
read_all(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = mem_new(1024 * 1024, 1);

	ck_assert_msg(file != NULL, "cannot open %s", path);
	ck_assert_uint_gt(fread(text, 1, 1024 * 1024 - 1, file), 0);
	fclose(file);
	return text;
}

START_TEST(the_table_is_in_order)
{
	for (const struct key *o = keys; o->key != NULL; o++) {
		char variable[KEYS_VARIABLE_SIZE];

		ck_assert_msg(spelling_find(o->key) == o, "%s: twice", o->key);
		ck_assert_msg(!spelling_is_section(o->key), "%s: a section",
		    o->key);
		ck_assert_msg(strlen(spelling_variable(o, variable)) + 1 <
			KEYS_VARIABLE_SIZE,
		    "%s: too long", o->key);
		ck_assert_msg(strlen(o->key) < KEYS_NAME_SIZE, "%s: too long",
		    o->key);
		ck_assert_msg(o->help != NULL && *o->help != '\0' &&
			strchr(o->help, '\n') == NULL,
		    "%s: help", o->key);
		ck_assert_msg((o->type == OPTION_WORD) <= (o->words != NULL),
		    "%s: words", o->key);
		ck_assert_msg((o->type == OPTION_SECRET) == (o->aside != 0),
		    "%s: where does the secret go?", o->key);
		ck_assert_msg(o->least <= o->most, "%s: range", o->key);
	}
}
END_TEST

START_TEST(the_sample_is_the_defaults)
{
	char *text = read_all(sample);
	char *errors;
	struct config *defaults = parse("", &errors);
	struct config *config;

	free(errors);
	config = parse(text, &errors);
	ck_assert_msg(config != NULL, "%s", errors);
	for (const struct key *o = keys; o->key != NULL; o++) {
		char *wanted = get(defaults, o->key);
		char *found = get(config, o->key);

		ck_assert_msg(strcmp(wanted, found) == 0,
		    "%s: %s is \"%s\", the default is \"%s\"", sample, o->key,
		    found, wanted);
		free(wanted);
		free(found);
	}
	free(errors);
	free(text);
	config_free(config);
	config_free(defaults);
}
END_TEST

START_TEST(the_sample_has_every_key)
{
	char *text = read_all(sample);
	struct complaints complaints = { .file = sample, .out = stderr };
	struct tree tree;

	ck_assert_int_eq(yaml_read(&tree, text, strlen(text), "", NULL,
			     &complaints),
	    0);
	for (const struct key *o = keys; o->key != NULL; o++) {
		bool is_there = false;

		for (size_t i = 0; i < tree.count; i++)
			is_there |= strcmp(tree.nodes[i].path, o->key) == 0;
		ck_assert_msg(is_there, "%s: no %s", sample, o->key);
	}
	tree_clear(&tree);
	free(text);
}
END_TEST

/* The examples of the man page can be used as they are. */
START_TEST(the_examples_are_good)
{
	char *text = read_all(man);
	size_t count = 0;

	for (char *c = text; (c = strstr(c, "\n.Bd -literal")) != NULL;) {
		char *begin = strchr(c + 1, '\n') + 1;
		char *end = strstr(begin, "\n.Ed");
		struct config *config;
		char *errors;

		ck_assert_ptr_nonnull(end);
		*end = '\0';
		c = end + 1;
		if (strncmp(begin, "POLICYD_", 8) == 0)
			continue; /* these are variables */
		config = parse(begin, &errors);
		ck_assert_msg(config != NULL, "%s: %s", man, errors);
		config_free(config);
		free(errors);
		count++;
	}
	ck_assert_uint_ge(count, 2);
	free(text);
}
END_TEST

/* What the man page says of an option. */
static char *
describe(const struct key *option)
{
	char allowed[VALUE_ALLOWED_SIZE];
	const char *initial = option->initial;
	const char *quote = strchr(initial, ' ') == NULL ? "" : "\"";

	if (value_is_scalar(option))
		value_allowed(option, allowed);
	else
		snprintf(allowed, sizeof(allowed), "a %s of %d to %d items",
		    option->type == OPTION_USERS ? "map" : "list",
		    (int)option->least, (int)option->most);
	return mem_printf("\n.It Ic %s\n.Pq %s; default %s%s%s%s\n",
	    option->key, allowed, *initial == '\0' ? "empty" : "Ql ", quote,
	    initial, quote);
}

START_TEST(the_man_page_has_every_key)
{
	char *text = read_all(man);

	for (const struct key *o = keys; o->key != NULL; o++) {
		char *wanted = describe(o);

		ck_assert_msg(strstr(text, wanted) != NULL,
		    "%s should have:%s", man, wanted);
		free(wanted);
	}
	free(text);
}
END_TEST

START_TEST(the_man_page_has_no_other_key)
{
	static const char item[] = "\n.It Ic ";
	char *text = read_all(man);

	for (char *c = text; (c = strstr(c, item)) != NULL;) {
		char key[64];

		c += strlen(item);
		snprintf(key, sizeof(key), "%.*s", (int)strcspn(c, "\n"), c);
		ck_assert_msg(spelling_find(key) != NULL, "%s: no such key %s",
		    man, key);
	}
	free(text);
}
END_TEST

UNIT("config/docs", the_table_is_in_order, the_sample_is_the_defaults,
    the_sample_has_every_key, the_examples_are_good,
    the_man_page_has_every_key, the_man_page_has_no_other_key)
