/*
 * older_logins.c -- places that accounts' rows have no room for, in PostgreSQL.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/account.h"

#include "base/mem.h"
#include "store/pgsql/pgsql.h"

#include <stdio.h>
#include <stdlib.h>

/* Is this the network of a login that the account's row does not hold? */
static bool
is_missing(struct work *work, const struct check *check)
{
	return check->login.network.bits != 0 &&
	    state_find(&work->state, &check->login.network) == NULL;
}

static size_t
count_missing(struct work *work)
{
	size_t missing = 0;

	for (size_t i = 0; i < work->check_count; i++)
		missing += is_missing(work, work->checks[i]);
	return missing;
}

/* The network that is so many behind the first of them; NULL: there is none. */
static const struct addr *
find_missing(struct work *work, size_t number)
{
	for (size_t i = 0; i < work->check_count; i++)
		if (is_missing(work, work->checks[i]) && number-- == 0)
			return &work->checks[i]->login.network;
	return NULL;
}

/* What is asked about: works, and where the networks of each begin. */
struct missing {
	struct work *const *works;
	size_t count;
	size_t first[ROUND_WORKS + 1];
};

static void
count_all(struct missing *missing)
{
	missing->first[0] = 0;
	for (size_t i = 0; i < missing->count; i++)
		missing->first[i + 1] = missing->first[i] +
		    count_missing(missing->works[i]);
}

static void
add_networks(struct arrays *arrays, struct work *work)
{
	for (size_t i = 0; i < work->check_count; i++)
		if (is_missing(work, work->checks[i]))
			arrays_cidr(arrays, &work->checks[i]->login.network);
}

static void
add_all(struct arrays *arrays, const struct missing *missing)
{
	struct work *const *works = missing->works;
	const size_t count = missing->count;
	const size_t networks = missing->first[count];

	arrays_clear(arrays);
	arrays_begin(arrays, ARRAYS_TEXT, count);
	for (size_t i = 0; i < count; i++)
		arrays_text(arrays, works[i]->account);
	arrays_end(arrays);
	arrays_begin(arrays, ARRAYS_INT4, networks);
	for (size_t i = 0; i < count; i++)
		for (size_t k = missing->first[i]; k < missing->first[i + 1];
		     k++)
			arrays_int4(arrays, (int32_t)i + 1);
	arrays_end(arrays);
	arrays_begin(arrays, ARRAYS_CIDR, networks);
	for (size_t i = 0; i < count; i++)
		add_networks(arrays, works[i]);
	arrays_end(arrays);
}

static void
take_login(const PGresult *result, int row, const struct missing *missing,
    size_t owner)
{
	struct work *work = missing->works[owner];
	size_t room = missing->first[owner + 1] - missing->first[owner];
	size_t number = (size_t)arrays_get_int4(
	    PQgetvalue(result, row, OLDER_PLACE)) - 1 - missing->first[owner];
	const struct addr *network = find_missing(work, number);
	struct place *place;

	if (network == NULL || work->row_count == room)
		return;
	if (work->rows == NULL)
		work->rows = mem_new(room, sizeof(*work->rows));
	place = &work->rows[work->row_count++];
	place->network = *network;
	snprintf(place->country, sizeof(place->country), "%s",
	    PQgetvalue(result, row, OLDER_COUNTRY));
	place->asn = (uint32_t)arrays_get_int8(
	    PQgetvalue(result, row, OLDER_ASN));
	place->last_ms = arrays_get_time(PQgetvalue(result, row, OLDER_LAST));
	place->written_ms = place->last_ms;
}

static void
take_all(const PGresult *result, const struct missing *missing)
{
	for (int i = 0; i < PQntuples(result); i++) {
		size_t owner = (size_t)arrays_get_int4(
		    PQgetvalue(result, i, OLDER_OWNER)) - 1;
		struct work *work;

		if (owner >= missing->count)
			continue;
		work = missing->works[owner];
		if (PQgetisnull(result, i, OLDER_PLACE))
			older_read(&work->older,
			    PQgetvalue(result, i, OLDER_TEXT),
			    work->state.complete_ms);
		else
			take_login(result, i, missing, owner);
	}
}

int
pgsql_load_older(void *opaque, struct work *const *works, size_t count,
    int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	struct missing missing = { .works = works, .count = count };
	PGresult *result;

	count_all(&missing);
	add_all(&self->arrays, &missing);
	result = pgsql_call(self, PGSQL_OLDER, deadline_ms);
	if (result == NULL)
		return -1;
	take_all(result, &missing);
	PQclear(result);
	return 0;
}

/* Rows of network, country, autonomous system, last seen. */
static void
take_rows(const PGresult *result, struct work *work)
{
	work->rows = mem_new((size_t)PQntuples(result),
	    sizeof(*work->rows));
	for (int i = 0; i < PQntuples(result); i++) {
		struct place *place = &work->rows[work->row_count];

		if (addr_parse(PQgetvalue(result, i, 0),
			&place->network) != 0)
			continue;
		snprintf(place->country, sizeof(place->country), "%s",
		    PQgetvalue(result, i, 1));
		place->asn = (uint32_t)arrays_get_int8(
		    PQgetvalue(result, i, 2));
		place->last_ms = arrays_get_time(PQgetvalue(result, i, 3));
		place->written_ms = place->last_ms;
		work->row_count++;
	}
}

int
pgsql_load_rows(void *opaque, struct work *work, size_t most,
    int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	PGresult *result;

	arrays_clear(&self->arrays);
	arrays_text(&self->arrays, work->account);
	arrays_int8(&self->arrays, (int64_t)most);
	result = pgsql_call(self, PGSQL_ROWS, deadline_ms);
	if (result == NULL)
		return -1;
	take_rows(result, work);
	PQclear(result);
	return 0;
}
