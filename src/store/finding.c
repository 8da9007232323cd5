/*
 * finding.c -- what is found out about one request, in plain data.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/finding.h"

#include <stdio.h>

const char *
evidence_text(const struct evidence *evidence, char text[EVIDENCE_TEXT_SIZE])
{
	snprintf(text, EVIDENCE_TEXT_SIZE,
	    "{\"countries\":%u,\"networks\":%u}", evidence->countries,
	    evidence->networks);
	return text;
}
