/*
 * webhook.h -- post an event to notify.webhook (HTTP).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NOTIFY_WEBHOOK_H
#define NOTIFY_WEBHOOK_H

#include "config/notify_options.h"
#include "mail/delivery.h"

#include <stdint.h>

/* "sha256=", 64 hexadecimal digits, NUL */
enum { WEBHOOK_SIGNATURE = 7 + 64 + 1 };

/*
 * POST json to notify.webhook as application/json, and, if there is a
 * webhook_secret, with X-Policyd-Signature, so that the receiver can tell that
 * it comes from who knows the secret. It blocks for timeout_ms at most. The
 * process must ignore SIGPIPE. Only http and https; certificates are verified;
 * redirects are not followed; https_proxy and the like are honoured.
 *
 * DELIVERY_DONE: a 2xx status. DELIVERY_REFUSED: 4xx, but not 408 and 429.
 * DELIVERY_RETRY: any other status, or none. text says which, for the log.
 */
enum delivery webhook_post(const struct notify_options *, const char *json,
    uint32_t timeout_ms, char text[DELIVERY_TEXT]);

/*
 * Write the signature of body: "sha256=" and HMAC-SHA256 (RFC 2104) with the
 * secret, in lower-case hexadecimal. Return 0, or -1 if there is no SHA-256.
 */
int webhook_sign(const char *secret, const char *body,
    char signature[WEBHOOK_SIGNATURE]);

#endif
