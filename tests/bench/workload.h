/*
 * workload.h -- the requests of a mail server with many accounts.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Accounts are named user000000@bench.example and so on. How often each one
 * sends follows a zipf distribution; the frequent ones are scattered over the
 * numbers. Network K (0 to 9) of account ABCDEF
 * is 13K.1AB.1CD.1EF: every field of a request has a fixed width, so that
 * making one costs the load generator next to nothing.
 */
#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	WORKLOAD_ACCOUNTS_MAX = 1000000,
	WORKLOAD_NETWORKS = 10,		/* of an account */
	WORKLOAD_REQUEST_SIZE = 1024,
};

struct workload_options {
	unsigned accounts;
	double exponent;	/* of the zipf distribution */
	unsigned usual_percent;	/* requests from an account's network 0; all
				 * its other networks share the rest */
	unsigned networks;	/* that an account has, from 0 on */
	bool is_strange;	/* each request from an address of its own */
	uint64_t seed;
	bool in_order;		/* one account after the other instead, each
				 * from so many of its networks: */
	unsigned places;
};

/* One request's text; each connection has one and changes it. */
struct request {
	char text[WORKLOAD_REQUEST_SIZE];
	size_t length;
	char *sender, *login, *client, *instance;	/* within text */
};

struct workload;

/* The same options give the same requests. Ends the program without memory. */
struct workload *workload_new(const struct workload_options *);
void workload_free(struct workload *);

void request_init(struct request *);

/* Make it the next request of the workload. */
void request_next(struct request *, struct workload *);

#endif
