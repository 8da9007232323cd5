/*
 * webhook.h -- post an event to notify.webhook (HTTP).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NOTIFY_WEBHOOK_H
#define NOTIFY_WEBHOOK_H

#include "config/notify_options.h"
#include "mail/delivery.h"

#include <stdint.h>

struct webhook_event {
	const char *id;		/* the same for all tries */
	int64_t time_s;		/* of this try, since the epoch */
	const char *json;
};

/* "v1,", 32 bytes in base64, NUL */
enum { WEBHOOK_SIGNATURE = 3 + 44 + 1 };

/*
 * POST an event to notify.webhook as application/json, with the headers of
 * Standard Webhooks (www.standardwebhooks.com): webhook-id, by which a receiver
 * knows what it has already, webhook-timestamp, and, if there is a
 * webhook_secret, webhook-signature, which shows that all three come from who
 * knows the secret. It blocks for timeout_ms at most. The process must ignore
 * SIGPIPE. Only http and https; certificates are verified; redirects are not
 * followed; https_proxy and the like are honoured.
 *
 * DELIVERY_DONE: a 2xx status. DELIVERY_REFUSED: 4xx, but not 408 and 429.
 * DELIVERY_RETRY: any other status, or none; is_down: none, or one that says
 * that it is overloaded or away. text says which, for the log.
 */
void webhook_post(const struct notify_options *, const struct webhook_event *,
    uint32_t timeout_ms, struct fate *);

/*
 * Write the signature of an event: "v1," and HMAC-SHA256 (RFC 2104) of
 * "id.time.json" in base64. A secret that begins with "whsec_" is base64 itself
 * from there on. Return 0, or -1 if the secret cannot be read or there is no
 * SHA-256.
 */
int webhook_sign(const char *secret, const struct webhook_event *,
    char signature[WEBHOOK_SIGNATURE]);

#endif
