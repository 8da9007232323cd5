/*
 * webhook.c -- post an event to notify.webhook (HTTP).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/webhook.h"

#include "base/mem.h"
#include "base/text.h"
#include "notify/curl_transfer.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More of an answer than this is not waited for: only its status counts. */
enum { ENOUGH_ANSWER = 65536 };

/* Write the key that a secret is; its length, or -1 if it is not base64. */
static int
read_key(const char *secret, unsigned char *key)
{
	static const char prefix[] = "whsec_";
	const char *coded = secret + sizeof(prefix) - 1;
	size_t length;
	int size;

	if (strncmp(secret, prefix, sizeof(prefix) - 1) != 0) {
		memcpy(key, secret, strlen(secret));
		return (int)strlen(secret);
	}
	length = strlen(coded);
	size = EVP_DecodeBlock(key, (const unsigned char *)coded, (int)length);
	/* It counts the bytes that stand for padding. */
	for (size_t i = length; size > 0 && i > 0 && coded[i - 1] == '='; i--)
		size--;
	return size > 0 ? size : -1;
}

int
webhook_sign(const char *secret, const struct webhook_event *event,
    char signature[WEBHOOK_SIGNATURE])
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned char coded[EVP_MAX_MD_SIZE * 2];
	unsigned char *key = mem_new(strlen(secret) + 1, 1);
	char *text = mem_printf("%s.%lld.%s", event->id,
	    (long long)event->time_s, event->json);
	int key_length = read_key(secret, key);
	unsigned length = 0;
	struct text out;
	bool is_signed = key_length > 0 &&
	    HMAC(EVP_sha256(), key, key_length, (const unsigned char *)text,
		strlen(text), mac, &length) != NULL;

	free(text);
	free(key);
	if (!is_signed)
		return -1;
	EVP_EncodeBlock(coded, mac, (int)length);
	text_init(&out, signature, WEBHOOK_SIGNATURE);
	text_printf(&out, "v1,%s", (const char *)coded);
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
make_headers(struct transfer *transfer, const char *secret,
    const struct webhook_event *event)
{
	struct curl_slist *headers = NULL;
	char line[256];
	char signature[WEBHOOK_SIGNATURE];

	headers = add_header(transfer, headers,
	    "Content-Type: application/json");
	/* Do not ask first whether the body is welcome: it is short. */
	headers = add_header(transfer, headers, "Expect:");
	snprintf(line, sizeof(line), "webhook-id: %s", event->id);
	headers = add_header(transfer, headers, line);
	snprintf(line, sizeof(line), "webhook-timestamp: %lld",
	    (long long)event->time_s);
	headers = add_header(transfer, headers, line);
	if (secret == NULL || secret[0] == '\0')
		return headers;
	if (webhook_sign(secret, event, signature) != 0) {
		transfer->failed = 1; /* never without, if there is a secret */
		return headers;
	}
	snprintf(line, sizeof(line), "webhook-signature: %s", signature);
	return add_header(transfer, headers, line);
}

static bool
is_down(long status)
{
	return status == 0 || status == 429 || status == 502 ||
	    status == 503 || status == 504;
}

void
webhook_post(const struct notify_options *options,
    const struct webhook_event *event, uint32_t timeout_ms, struct fate *fate)
{
	struct transfer transfer;
	struct curl_slist *headers;
	size_t received = 0;
	struct text why;
	long status = 0;

	text_init(&why, fate->text, sizeof(fate->text));
	fate->result = DELIVERY_RETRY;
	fate->is_down = true;
	if (transfer_open(&transfer, "http,https", timeout_ms) != 0) {
		text_add(&why, "out of memory");
		return;
	}
	headers = make_headers(&transfer, options->webhook_secret, event);
	transfer_set(&transfer, CURLOPT_URL, options->webhook);
	transfer_set(&transfer, CURLOPT_USERAGENT, "policyd/" POLICYD_VERSION);
	transfer_set(&transfer, CURLOPT_HTTPHEADER, headers);
	transfer_set(&transfer, CURLOPT_POSTFIELDS, event->json);
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
	fate->result = judge(status);
	fate->is_down = fate->result == DELIVERY_RETRY && is_down(status);
}
