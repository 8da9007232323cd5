/*
 * letter_texts.h -- what notifications say unless the administrator has templates.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NOTIFY_LETTER_TEXTS_H
#define NOTIFY_LETTER_TEXTS_H

#include "config/language.h"

enum notice {
	NOTICE_BLOCK,		/* to the administrator: an account is blocked */
	NOTICE_UNBLOCK,		/* ... is not any more */
	NOTICE_DIGEST,		/* many at once; ${count}, ${logins} lists them */
	NOTICE_TEST,		/* --test-notify */
	NOTICE_ACCOUNT_BLOCK,	/* to the account's own address */
	NOTICE_ACCOUNT_UNBLOCK,
};

/* Templates (mail/template.h); lines end in LF. */
const char *letter_subject(enum notice);
const char *letter_text(enum notice);

/* Those to the account in another language; the others are English. */
const char *letter_subject_in(enum language, enum notice);
const char *letter_text_in(enum language, enum notice);

#endif
