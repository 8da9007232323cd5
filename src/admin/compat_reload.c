/*
 * compat_reload.c -- /reload, as geoip-policyd has it and by POST.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/compat_reload.h"

#include "admin/admin.h"
#include "admin/exchange.h"
#include "base/mem.h"

#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

void
compat_reload(struct admin *admin, struct exchange *exchange)
{
	char *errors = NULL;
	size_t length = 0;
	FILE *stream = mem_stream(&errors, &length);
	struct config *config;

	/* Found out here already, so that whoever asks is told. */
	config = config_load(admin->config->path,
	    !admin->config->has_file, stream);
	fclose(stream);
	if (config == NULL) {
		exchange_problem(exchange, MHD_HTTP_INTERNAL_SERVER_ERROR,
		    "the configuration is refused, the one before stays: %s",
		    errors);
	} else if (kill(admin->master, SIGHUP) != 0) {
		exchange_problem(exchange, MHD_HTTP_INTERNAL_SERVER_ERROR,
		    "the master cannot be told to reload");
	} else {
		exchange_empty(exchange, MHD_HTTP_ACCEPTED);
		/* What was done stays done if this cannot be noted. */
		store_note_change(admin->desk.store, "reload", "", "{}",
		    admin_deadline());
	}
	config_free(config);
	free(errors);
}

void
compat_reload_get(struct admin *admin, struct exchange *exchange)
{
	if (admin->config->http.compat_reload) {
		compat_reload(admin, exchange);
		return;
	}
	exchange->allow = mem_dup("POST");
	exchange_problem(exchange, MHD_HTTP_METHOD_NOT_ALLOWED,
	    "allowed here: POST; with http.compat_reload: true GET, too");
}
