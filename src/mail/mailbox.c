/*
 * mailbox.c -- addresses as people write them: "a@b" and "Name <a@b>".
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail/mailbox.h"

#include "base/mem.h"
#include "base/text.h"
#include "mail/mime.h"

#include <ctype.h>
#include <idn2.h>
#include <stdlib.h>
#include <string.h>

/* RFC 5321, 4.5.3.1: 64 for the local part, 255 for the domain, one for @. */
enum { LONGEST_ADDRESS = 320 };

static bool
is_atom_character(char c)
{
	return c != '\0' && (isalnum((unsigned char)c) ||
	    strchr("!#$%&'*+-/=?^_`{|}~.", c) != NULL);
}

static bool
is_domain_character(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '.' || c == '_';
}

/* Is it one or more of ASCII characters allowed, and of UTF-8 beyond? */
static bool
is_made_of(const char *bytes, size_t left, bool (*is_allowed)(char))
{
	if (left == 0)
		return false;
	while (left > 0) {
		size_t length = text_utf8(bytes, left);

		if (length == 0 || (length == 1 && !is_allowed(*bytes)))
			return false;
		/* C1 controls are no part of a name. */
		if (length == 2 && (unsigned char)bytes[0] == 0xc2 &&
		    (unsigned char)bytes[1] < 0xa0)
			return false;
		bytes += length;
		left -= length;
	}
	return true;
}

/* [192.0.2.1] or [IPv6:2001:db8::1] */
static bool
is_literal(const char *domain)
{
	size_t length = strlen(domain);

	if (length < 3 || domain[0] != '[' || domain[length - 1] != ']')
		return false;
	for (size_t i = 1; i < length - 1; i++)
		if (!isalnum((unsigned char)domain[i]) && domain[i] != ':' &&
		    domain[i] != '.')
			return false;
	return true;
}

bool
mailbox_is_address(const char *address)
{
	const char *at = strchr(address, '@');
	size_t length = strlen(address);
	size_t local = at != NULL ? (size_t)(at - address) : length;

	if (length > LONGEST_ADDRESS ||
	    !is_made_of(address, local, is_atom_character))
		return false;
	if (at == NULL || is_literal(at + 1))
		return true;
	return is_made_of(at + 1, strlen(at + 1), is_domain_character);
}

/* A copy without blanks at the ends, and without quotes around it. */
static char *
trim(const char *bytes, size_t length)
{
	char *copy;
	char *end;

	while (length > 0 && isspace((unsigned char)*bytes))
		bytes++, length--;
	while (length > 0 && isspace((unsigned char)bytes[length - 1]))
		length--;
	if (length < 2 || bytes[0] != '"' || bytes[length - 1] != '"')
		return mem_dup_n(bytes, length);
	copy = end = mem_new(length, 1);
	for (size_t i = 1; i < length - 1; i++) {
		if (bytes[i] == '\\' && i + 1 < length - 1)
			i++;
		*end++ = bytes[i];
	}
	return copy;
}

char *
mailbox_ascii_domain(const char *domain)
{
	char *ascii = NULL;
	char *copy;

	if (text_is_ascii(domain))
		return mem_dup(domain);
	if (idn2_to_ascii_8z(domain, &ascii, IDN2_NONTRANSITIONAL) != IDN2_OK)
		return NULL;
	copy = mem_dup(ascii);
	idn2_free(ascii);
	return copy;
}

/* Make the domain of an address ASCII; false: it is no domain. */
static bool
normalise_domain(struct mailbox *mailbox)
{
	char *at = strchr(mailbox->address, '@');
	char *domain;
	char *address;

	if (at == NULL || text_is_ascii(at))
		return true;
	domain = mailbox_ascii_domain(at + 1);
	if (domain == NULL)
		return false;
	*at = '\0';
	address = mem_printf("%s@%s", mailbox->address, domain);
	free(domain);
	free(mailbox->address);
	mailbox->address = address;
	return true;
}

int
mailbox_parse(const char *text, struct mailbox *mailbox)
{
	const char *open = strrchr(text, '<');
	const char *close = open != NULL ? strchr(open, '>') : NULL;

	/* Nobody writes an address over several lines to do good. */
	if (text[strcspn(text, "\r\n")] != '\0')
		return -1;
	if (open == NULL) {
		mailbox->name = mem_dup("");
		mailbox->address = trim(text, strlen(text));
	} else if (close != NULL && close[strspn(close, "> \t")] == '\0') {
		mailbox->name = trim(text, (size_t)(open - text));
		mailbox->address = trim(open + 1, (size_t)(close - open - 1));
	} else {
		return -1;
	}
	if (mailbox_is_address(mailbox->address) && normalise_domain(mailbox))
		return 0;
	mailbox_clear(mailbox);
	return -1;
}

void
mailbox_clear(struct mailbox *mailbox)
{
	free(mailbox->name);
	free(mailbox->address);
	mailbox->name = mailbox->address = NULL;
}

/* Write the name as a quoted-string or in encoded-words (RFC 5322, 3.4). */
static size_t
write_name(FILE *out, const char *name, size_t column)
{
	char *clean = mime_clean(name, false);
	size_t length = strlen(clean);

	if (!text_is_ascii(clean) || strstr(clean, "=?") != NULL ||
	    column + 2 * length + 3 > MIME_LINE) {
		column = mime_write_words(out, clean, column);
		free(clean);
		return column;
	}
	fputs(" \"", out);
	for (const char *c = clean; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\')
			fputc('\\', out), column++;
		fputc(*c, out);
	}
	fputc('"', out);
	free(clean);
	return column + length + 3;
}

size_t
mailbox_write(FILE *out, const char *text, size_t column)
{
	struct mailbox mailbox;
	size_t length;

	if (mailbox_parse(text, &mailbox) != 0)
		return column;
	if (*mailbox.name != '\0')
		column = write_name(out, mailbox.name, column);
	length = strlen(" <>") + strlen(mailbox.address);
	/* At column 0 there would be an empty line: the header's end. */
	if (column > 0 && column + length > MIME_LINE - strlen(",")) {
		fputs("\r\n", out);
		column = 0;
	}
	fprintf(out, " <%s>", mailbox.address);
	mailbox_clear(&mailbox);
	return column + length;
}

void
mailbox_write_header(FILE *out, const char *field, const struct strings *list)
{
	bool is_first = true;

	fprintf(out, "%s:", field);
	for (size_t i = 0; i < list->count; i++) {
		struct mailbox mailbox;

		if (mailbox_parse(list->list[i], &mailbox) != 0)
			continue;
		mailbox_clear(&mailbox);
		if (!is_first)
			fputs(",\r\n", out);
		mailbox_write(out, list->list[i],
		    is_first ? strlen(field) + 1 : 0);
		is_first = false;
	}
	fputs("\r\n", out);
}
