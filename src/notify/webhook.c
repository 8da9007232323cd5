/*
 * webhook.c -- post an event to notify.webhook (HTTP).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/webhook.h"

#include "base/text.h"
#include "notify/transfer.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

/* More of an answer than this is not waited for: only its status counts. */
enum { ENOUGH_ANSWER = 65536 };

int
webhook_sign(const char *secret, const char *body,
    char signature[WEBHOOK_SIGNATURE])
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	struct text text;

	if (HMAC(EVP_sha256(), secret, (int)strlen(secret),
		(const unsigned char *)body, strlen(body), mac,
		&length) == NULL)
		return -1;
	text_init(&text, signature, WEBHOOK_SIGNATURE);
	text_add(&text, "sha256=");
	for (unsigned i = 0; i < length; i++)
		text_printf(&text, "%02x", mac[i]);
	return 0;
}

static size_t
on_answer(char *bytes, size_t size, size_t count, void *data)
{
	size_t *received = data;

	(void)bytes;
	*received += size * count;
	return *received <= ENOUGH_ANSWER ? size * count : 0;
}

static enum delivery
judge(long status)
{
	if (status / 100 == 2)
		return DELIVERY_DONE;
	/* 408 Request Timeout, 429 Too Many Requests: another time. */
	if (status / 100 == 4 && status != 408 && status != 429)
		return DELIVERY_REFUSED;
	return DELIVERY_RETRY;
}

/* A list with one more line; the old list on lack of memory, and failed. */
static struct curl_slist *
add_header(struct transfer *transfer, struct curl_slist *headers,
    const char *line)
{
	struct curl_slist *longer = curl_slist_append(headers, line);

	transfer->failed |= longer == NULL;
	return longer != NULL ? longer : headers;
}

static struct curl_slist *
make_headers(struct transfer *transfer, const char *secret, const char *json)
{
	struct curl_slist *headers = NULL;
	char line[128];
	char signature[WEBHOOK_SIGNATURE];

	headers = add_header(transfer, headers,
	    "Content-Type: application/json");
	/* Do not ask first whether the body is welcome: it is short. */
	headers = add_header(transfer, headers, "Expect:");
	if (secret == NULL || secret[0] == '\0')
		return headers;
	if (webhook_sign(secret, json, signature) != 0) {
		transfer->failed = 1; /* never without, if there is a secret */
		return headers;
	}
	snprintf(line, sizeof(line), "X-Policyd-Signature: %s", signature);
	return add_header(transfer, headers, line);
}

enum delivery
webhook_post(const struct notify_options *options, const char *json,
    uint32_t timeout_ms, char text[DELIVERY_TEXT])
{
	struct transfer transfer;
	struct curl_slist *headers;
	size_t received = 0;
	struct text why;
	long status = 0;

	text_init(&why, text, DELIVERY_TEXT);
	if (transfer_open(&transfer, "http,https", timeout_ms) != 0) {
		text_add(&why, "out of memory");
		return DELIVERY_RETRY;
	}
	headers = make_headers(&transfer, options->webhook_secret, json);
	transfer_set(&transfer, CURLOPT_URL, options->webhook);
	transfer_set(&transfer, CURLOPT_USERAGENT, "policyd/" POLICYD_VERSION);
	transfer_set(&transfer, CURLOPT_HTTPHEADER, headers);
	transfer_set(&transfer, CURLOPT_POSTFIELDS, json);
	transfer_set(&transfer, CURLOPT_WRITEFUNCTION, on_answer);
	transfer_set(&transfer, CURLOPT_WRITEDATA, &received);
	transfer_run(&transfer);
	/* Once the status is there, what happens to the rest is no matter. */
	curl_easy_getinfo(transfer.curl, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 200)
		text_printf(&why, "HTTP status %ld", status);
	else
		text_add_line(&why, transfer.error, strlen(transfer.error));
	transfer_close(&transfer);
	curl_slist_free_all(headers);
	return judge(status);
}
