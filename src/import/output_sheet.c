/*
 * output_sheet.c -- a configuration of ours while it is put together.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "import/output_sheet.h"

#include "base/mem.h"
#include "base/text.h"
#include "config/dump.h"
#include "config/keys.h"
#include "config/yaml_quote.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_REMARK = 1000 };

struct entry {
	const char *key;
	const char *note;
	char *value;	/* YAML */
};

struct sheet {
	size_t count;
	struct entry *entries;
	size_t remark_count;
	char **remarks;
	FILE *stream;	/* to the value of the last entry */
	char *bytes;	/* what was written to it */
	size_t length;
};

struct sheet *
sheet_new(void)
{
	return mem_new(1, sizeof(struct sheet));
}

void
sheet_free(struct sheet *sheet)
{
	if (sheet == NULL)
		return;
	for (size_t i = 0; i < sheet->count; i++)
		free(sheet->entries[i].value);
	for (size_t i = 0; i < sheet->remark_count; i++)
		free(sheet->remarks[i]);
	free(sheet->entries);
	free(sheet->remarks);
	free(sheet);
}

static const struct entry *
find(const struct sheet *sheet, const char *key)
{
	for (size_t i = 0; i < sheet->count; i++)
		if (strcmp(sheet->entries[i].key, key) == 0)
			return &sheet->entries[i];
	return NULL;
}

FILE *
sheet_begin(struct sheet *sheet, const char *key, const char *note)
{
	assert(find(sheet, key) == NULL);
	sheet->entries = mem_grow(sheet->entries, sheet->count + 1,
	    sizeof(*sheet->entries));
	sheet->entries[sheet->count++] = (struct entry){ key, note, NULL };
	sheet->stream = open_memstream(&sheet->bytes, &sheet->length);
	if (sheet->stream == NULL)
		abort(); /* no memory: see base/mem.h */
	return sheet->stream;
}

void
sheet_end(struct sheet *sheet)
{
	fclose(sheet->stream);
	sheet->entries[sheet->count - 1].value = sheet->bytes;
	sheet->stream = NULL;
	sheet->bytes = NULL;
}

void
sheet_word(struct sheet *sheet, const char *key, const char *note,
    const char *word)
{
	fputs(word, sheet_begin(sheet, key, note));
	sheet_end(sheet);
}

void
sheet_text(struct sheet *sheet, const char *key, const char *note,
    const char *text)
{
	quote_write(sheet_begin(sheet, key, note), text);
	sheet_end(sheet);
}

void
sheet_remark(struct sheet *sheet, const char *format, ...)
{
	char raw[LONGEST_REMARK];
	char visible[LONGEST_REMARK];
	struct text remark;
	struct text line;
	va_list args;

	text_init(&remark, raw, sizeof(raw));
	va_start(args, format);
	text_vprintf(&remark, format, args);
	va_end(args);
	text_init(&line, visible, sizeof(visible));
	text_add_line(&line, remark.bytes, remark.length);
	sheet->remarks = mem_grow(sheet->remarks, sheet->remark_count + 1,
	    sizeof(*sheet->remarks));
	sheet->remarks[sheet->remark_count++] = mem_dup(line.bytes);
}

void
sheet_print(const struct sheet *sheet, FILE *out)
{
	const char *before = "";

	for (const struct key *o = keys; o->key != NULL; o++) {
		const struct entry *entry = find(sheet, o->key);
		const char *dot = strrchr(o->key, '.');
		unsigned depth;

		if (entry == NULL)
			continue;
		depth = dump_sections(o->key, before, out);
		if (entry->note != NULL)
			fprintf(out, "%*s# %s\n", (int)depth * 2, "",
			    entry->note);
		fprintf(out, "%*s%s: %s\n", (int)depth * 2, "",
		    dot == NULL ? o->key : dot + 1, entry->value);
		before = o->key;
	}
	if (sheet->remark_count > 0)
		fputs("\n# Without a counterpart, or to be seen to:\n", out);
	for (size_t i = 0; i < sheet->remark_count; i++)
		fprintf(out, "# - %s\n", sheet->remarks[i]);
}
