/*
 * reply.h -- the text of an answer. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POLICY_REPLY_H
#define POLICY_REPLY_H

#include "config/language.h"
#include "store/finding.h"

#include <stddef.h>
#include <stdint.h>

/* RFC 5321, 4.5.3.1.5: a reply line has 512 octets, code and CRLF included;
 * Postfix adds the recipient and more of its own in front. */
enum { REPLY_SIZE = 401, REASON_SIZE = 200 };

/*
 * Why, in words: "4 countries within 24h, 3 allowed", or an administrator's
 * note. Returns text.
 */
const char *reply_reason(enum cause, uint32_t found, uint32_t limit,
    uint32_t per_s, const char *note, char text[REASON_SIZE]);

/* The same of a finding; "1000 or more" of what is remembered no longer. */
const char *reply_reason_of(const struct finding *, char text[REASON_SIZE]);

/* The same in another language; a note stays as it is. */
const char *reply_reason_in(enum language, const struct finding *,
    const char *note, char text[REASON_SIZE]);

/*
 * Write an action with its ${...} filled in. What is filled in cannot break
 * the line: control bytes are dropped. Nor is it anything but ASCII, unless it
 * goes into the mail (PREPEND, ...): only clients that have asked for it may be
 * told more (RFC 6531, 3.5), and who has is not known. The whole is cut at
 * REPLY_SIZE.
 */
void reply_format(const char *action, const char *account,
    const struct login *, const struct finding *, char text[REPLY_SIZE]);

/* The same, with values in another language. */
void reply_format_in(enum language, const char *action, const char *account,
    const struct login *, const struct finding *, char text[REPLY_SIZE]);

#endif
