/*
 * health.c -- /livez and /readyz.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/health.h"

#include "admin/admin.h"
#include "admin/exchange.h"
#include "base/counters.h"
#include "base/mem.h"

#include <microhttpd.h>
#include <string.h>

static void
say(struct exchange *exchange, unsigned status, const char *text)
{
	exchange_text(exchange, status, "text/plain; charset=utf-8",
	    mem_dup(text), strlen(text));
}

void
health_live(struct admin *admin, struct exchange *exchange)
{
	(void)admin;
	say(exchange, MHD_HTTP_OK, "ok\n");
}

void
health_ready(struct admin *admin, struct exchange *exchange)
{
	if (counters_sum(STAT_WORKERS) == 0)
		say(exchange, MHD_HTTP_SERVICE_UNAVAILABLE,
		    "no worker is up\n");
	else if (!admin_totals(admin))
		say(exchange, MHD_HTTP_SERVICE_UNAVAILABLE,
		    "the store does not answer\n");
	else
		say(exchange, MHD_HTTP_OK, "ok\n");
}
