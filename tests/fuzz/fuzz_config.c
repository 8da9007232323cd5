/*
 * fuzz_config.c -- libFuzzer: any bytes as a configuration.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bytes that are refused must be complained of; what is taken must be
 * dumped so that it is taken again and dumps to the same.
 */
#include "config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static char *
dump(const struct config *config, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);

	config_dump(config, out);
	fclose(out);
	return text;
}

/* Take it, or abort; complaints is what is said of it. */
static struct config *
parse(const char *text, size_t length, char **complaints, size_t *size)
{
	FILE *out = open_memstream(complaints, size);
	struct config *config = config_parse(text, length, "f", out);

	fclose(out);
	if ((config == NULL) != (*size > 0))
		abort();
	return config;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
	size_t size, first_size, second_size;
	char *complaints, *first, *second;
	struct config *config, *again;

	config = parse((const char *)data, length, &complaints, &size);
	free(complaints);
	if (config == NULL)
		return 0;
	first = dump(config, &first_size);
	again = parse(first, first_size, &complaints, &size);
	if (again == NULL) {
		fprintf(stderr, "%s%s", first, complaints);
		abort();
	}
	second = dump(again, &second_size);
	if (first_size != second_size ||
	    memcmp(first, second, first_size) != 0) {
		fprintf(stderr, "%s%s", first, second);
		abort();
	}
	free(complaints);
	free(first);
	free(second);
	config_free(config);
	config_free(again);
	return 0;
}
