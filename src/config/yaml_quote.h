/*
 * yaml_quote.h -- a text in YAML's double quotes.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_YAML_QUOTE_H
#define CONFIG_YAML_QUOTE_H

#include <stdio.h>

/* Write a text so that yaml_read gives it back whatever it holds, on one
 * line; it must be UTF-8. */
void quote_write(FILE *, const char *text);

#endif
