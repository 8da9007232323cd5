/*
 * workload.c -- the requests of a mail server with many accounts.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "workload.h"

#include <assert.h>
#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A prime above WORKLOAD_ACCOUNTS_MAX: coprime to any number of accounts. */
static const uint64_t scatter_prime = 1618033;

/* Who sends from where is drawn in advance; after so many it is repeated. */
enum { DRAWS = 1 << 20 };

struct workload {
	uint64_t random;
	uint64_t made;		/* requests, for their instance */
	struct workload_options options;
	uint32_t draws[DRAWS];	/* account * WORKLOAD_NETWORKS + network */
};

static uint64_t
random_next(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	*state = x;
	return x;
}

/* 0 <= x < 1 */
static double
random_share(uint64_t *state)
{
	return (double)(random_next(state) >> 11) * 0x1p-53;
}

/* cumulated[r]: the share of the requests that ranks 0 to r have. */
static double *
zipf_new(unsigned count, double exponent)
{
	double *cumulated = calloc(count, sizeof *cumulated);
	double sum = 0;

	if (cumulated == NULL)
		err(1, "zipf distribution");
	for (unsigned i = 0; i < count; i++) {
		sum += pow(i + 1, -exponent);
		cumulated[i] = sum;
	}
	for (unsigned i = 0; i < count; i++)
		cumulated[i] /= sum;
	return cumulated;
}

/* The first rank whose cumulated share is above x. */
static unsigned
zipf_rank(const double *cumulated, unsigned count, double x)
{
	unsigned low = 0, high = count - 1;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (cumulated[middle] > x)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static uint32_t
draw(uint64_t *random, const double *cumulated,
    const struct workload_options *options)
{
	unsigned rank = zipf_rank(cumulated, options->accounts,
	    random_share(random));
	uint64_t account = rank * scatter_prime % options->accounts;
	unsigned network = 0;

	if (random_share(random) * 100 >= options->usual_percent)
		network = 1 + (unsigned)(random_share(random) *
		    (options->networks - 1));
	return (uint32_t)account * WORKLOAD_NETWORKS + network;
}

struct workload *
workload_new(const struct workload_options *options)
{
	struct workload *w = calloc(1, sizeof *w);
	double *cumulated = zipf_new(options->accounts, options->exponent);

	if (w == NULL)
		err(1, "workload");
	/* Xorshift stays at 0 for ever, and small seeds start slowly. */
	w->random = options->seed ^ 0x9e3779b97f4a7c15;
	for (int i = 0; i < 16; i++)
		random_next(&w->random);
	for (size_t i = 0; i < DRAWS; i++)
		w->draws[i] = draw(&w->random, cumulated, options);
	free(cumulated);
	w->options = *options;
	return w;
}

void
workload_free(struct workload *w)
{
	free(w);
}

/* What Postfix 3.7 sends at RCPT TO for an authenticated client over TLS. */
static const char template[] =
    "request=smtpd_access_policy\n"
    "protocol_state=RCPT\n"
    "protocol_name=ESMTP\n"
    "client_address=130.100.100.100\n"
    "client_name=unknown\n"
    "client_port=54321\n"
    "reverse_client_name=unknown\n"
    "server_address=192.0.2.25\n"
    "server_port=587\n"
    "helo_name=[192.168.178.24]\n"
    "sender=user000000@bench.example\n"
    "recipient=somebody@elsewhere.example\n"
    "recipient_count=0\n"
    "queue_id=\n"
    "instance=b1c4.6740f7d1.00000000.0\n"
    "size=4096\n"
    "etrn_domain=\n"
    "stress=\n"
    "sasl_method=PLAIN\n"
    "sasl_username=user000000@bench.example\n"
    "sasl_sender=\n"
    "ccert_subject=\n"
    "ccert_issuer=\n"
    "ccert_fingerprint=\n"
    "ccert_pubkey_fingerprint=\n"
    "encryption_protocol=TLSv1.3\n"
    "encryption_cipher=TLS_AES_256_GCM_SHA384\n"
    "encryption_keysize=256\n"
    "policy_context=\n"
    "\n";
static_assert(sizeof template <= WORKLOAD_REQUEST_SIZE, "does not fit");

static char *
after(struct request *r, const char *text)
{
	return strstr(r->text, text) + strlen(text);
}

void
request_init(struct request *r)
{
	memcpy(r->text, template, sizeof template);
	r->length = sizeof template - 1;
	r->client = after(r, "\nclient_address=");
	r->sender = after(r, "\nsender=user");
	r->instance = after(r, "\ninstance=b1c4.6740f7d1.");
	r->login = after(r, "\nsasl_username=user");
}

static uint32_t
in_order(const struct workload_options *options, uint64_t number)
{
	uint64_t account = number / options->places % options->accounts;

	return (uint32_t)(account * WORKLOAD_NETWORKS +
	    number % options->places);
}

void
request_next(struct request *r, struct workload *w)
{
	uint64_t number = w->made++;
	uint32_t drawn = w->options.in_order ?
	    in_order(&w->options, number) : w->draws[number % DRAWS];
	char digits[7];

	for (uint32_t i = 6, n = drawn / WORKLOAD_NETWORKS; i-- > 0; n /= 10)
		digits[i] = (char)('0' + n % 10);
	memcpy(r->sender, digits, 6);
	memcpy(r->login, digits, 6);
	if (w->options.is_strange) {
		drawn = (uint32_t)(number % WORKLOAD_NETWORKS);
		for (uint32_t i = 6, n = (uint32_t)(number /
		    WORKLOAD_NETWORKS % 1000000); i-- > 0; n /= 10)
			digits[i] = (char)('0' + n % 10);
	}
	/* 130.100.100.100: every octet ends in two digits of the account. */
	r->client[2] = (char)('0' + drawn % WORKLOAD_NETWORKS);
	memcpy(r->client + 5, digits, 2);
	memcpy(r->client + 9, digits + 2, 2);
	memcpy(r->client + 13, digits + 4, 2);
	for (int i = 8; i-- > 0; number >>= 4)
		r->instance[i] = "0123456789abcdef"[number & 15];
}
