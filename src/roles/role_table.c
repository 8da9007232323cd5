/*
 * role_table.c -- the roles: how many of each, and how long they may take.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "roles/role_table.h"

#include "notify/outbox_lease.h"
#include "roles/courier.h"
#include "roles/housekeeper.h"
#include "roles/http_console.h"
#include "roles/worker.h"

/*
 * How long a role may be busy without going round its loop. A worker answers
 * within the deadline, unless libpq waits for the resolver; the housekeeper and
 * the console wait for the store now and then, the courier for each of many rows
 * that it writes.
 */
enum {
	WORKER_SILENCE_MS = 30000,
	STORE_SILENCE_MS = 60000,
	COURIER_SILENCE_MS = 300000,
};

/* What may have been delivered is waited for: see courier.c. */
static int64_t
courier_stop_ms(const struct config *config)
{
	const struct post_office office = { &config->notify, &config->smtp,
		&config->texts };

	return (int64_t)outbox_lease_s(&office) * 1000;
}

size_t
role_table(const struct config *config, struct role table[ROLES_MAX])
{
	size_t count = 1;

	table[0] = (struct role){ "worker", config->server.workers,
		worker_run, ENDPOINT_POLICY,
		WORKER_SILENCE_MS + 2 * (int64_t)config->server.deadline_ms,
		0 };
	table[count++] = (struct role){ "housekeeper", 1, housekeeper_run,
		ENDPOINT_NOBODY, STORE_SILENCE_MS, 0 };
	if (config->notify.enabled || config->report.enabled)
		table[count++] = (struct role){ "courier", 1, courier_run,
			ENDPOINT_NOBODY, COURIER_SILENCE_MS,
			courier_stop_ms(config) };
	if (config->http.listen[0] != '\0')
		table[count++] = (struct role){ "console", 1, console_run,
			ENDPOINT_HTTP, STORE_SILENCE_MS, 0 };
	return count;
}
