/*
 * would_block.c -- who would be blocked, were the mode not observe.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/would_block.h"

#include "store/block_row.h"
#include "store/noted_write.h"
#include "store/query.h"

#include <stdlib.h>

static json_t *
would_row(const struct note *note, int64_t ago_ms)
{
	char client[ADDR_TEXT_SIZE] = "";

	if (note->client.bits != 0)
		addr_format(&note->client, client);
	return json_pack("[siIIIIIss]", note->account, (int)note->cause,
	    (json_int_t)note->found, (json_int_t)note->limit,
	    (json_int_t)note->per_s, (json_int_t)ago_ms,
	    (json_int_t)note->duration_s, client, note->country);
}

int
would_block_write(struct store *store, const struct note *notes, size_t count)
{
	char *rows = noted_json(NOTE_WOULD, would_row, notes, count);
	int worked = query_run(store, "would_forget", VALUE_NOW);

	if (worked == 0 && rows != NULL)
		worked = query_run(store, "would_put", VALUE_TEXT(rows),
		    VALUE_NOW);
	free(rows);
	return worked;
}

enum store_result
store_list_would(struct store *store, const char *after, size_t most,
    struct block **blocks, size_t *count, int64_t deadline_ms)
{
	struct query_list list = block_list();
	enum store_result result = query_all(store, &list, ACCESS_READ,
	    deadline_ms, "would_held", VALUE_TEXT(after), VALUE_NOW,
	    VALUE_NUMBER(most));

	*blocks = list.rows;
	*count = list.count;
	return result;
}

enum store_result
store_count_would(struct store *store, uint64_t *count, int64_t deadline_ms)
{
	int worked = query_begin(store, ACCESS_READ, deadline_ms);
	int64_t number = 0;

	if (worked == 0)
		worked = query(store, "would_count", VALUE_NOW);
	if (worked == 0)
		worked = query_one(store, 0, &number);
	*count = (uint64_t)number;
	return query_end(store, worked);
}
