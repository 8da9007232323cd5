/*
 * url_hosts.h -- the hosts of a connection URL, tried by turns.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libpq tries the hosts of a URL in order, but in asynchronous mode it waits
 * for ever for one that swallows packets (PostgreSQL 15 documentation, 34.1.1
 * and PQconnectPoll). Turning the list lets the next one have its chance.
 */
#ifndef STORE_PGSQL_URL_HOSTS_H
#define STORE_PGSQL_URL_HOSTS_H

#include <libpq-fe.h>
#include <stdbool.h>

struct pgsql_hosts;

/* Any libpq connection string; password may be NULL. */
struct pgsql_hosts *pgsql_hosts_new(const char *url, const char *password);
void pgsql_hosts_free(struct pgsql_hosts *);

/* PQconnectStartParams with the hosts in their present order. */
PGconn *pgsql_hosts_connect(struct pgsql_hosts *);

/* Put the first host last: it did not answer. Returns whether there is one
 * that was not first yet since the last call of pgsql_hosts_worked, or since
 * this returned false. */
bool pgsql_hosts_rotate(struct pgsql_hosts *);

/* A connection is up: the next one begins with the hosts as they are now, so
 * that a host that is gone costs its time once. */
void pgsql_hosts_worked(struct pgsql_hosts *);

#endif
