/*
 * routes.c -- what the HTTP interface answers: a table.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/routes.h"

#include "admin/compat_queries.h"
#include "admin/compat_reload.h"
#include "admin/compat_settings.h"
#include "admin/health.h"
#include "admin/metrics.h"
#include "admin/page.h"
#include "admin/v1_accounts.h"
#include "admin/v1_blocks.h"
#include "admin/v1_blocks_search.h"
#include "admin/v1_countries.h"
#include "admin/v1_decisions.h"
#include "admin/v1_limits.h"
#include "admin/v1_overrides.h"
#include "admin/v1_server.h"
#include "admin/v1_session.h"
#include "admin/v1_status.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* Bodies: one entry, and a list of custom settings with its comments. */
enum { SMALL = 65536, LARGE = 8 << 20 };

const struct route routes[] = {
	/* geoip-policyd's */
	{ "GET", "/reload", GRANT_ADMIN, 0, true, true, compat_reload_get,
	    NULL, NULL, LANE_DESK,
	    false, false },
	{ "POST", "/reload", GRANT_ADMIN, 0, true, true, compat_reload, NULL,
	    NULL, LANE_DESK,
	    false, false },
	{ "GET", "/custom-settings", GRANT_READ, 0, true, false,
	    compat_settings_list, NULL, NULL, LANE_LONG, false, false },
	{ "PUT", "/update", GRANT_ADMIN, LARGE, true, true,
	    compat_settings_replace, NULL, NULL, LANE_LONG, true, false },
	{ "PATCH", "/modify", GRANT_ADMIN, SMALL, true, true,
	    compat_settings_modify, NULL, NULL, LANE_DESK,
	    false, false },
	{ "DELETE", "/remove", GRANT_ADMIN, SMALL, true, true,
	    compat_settings_remove, NULL, NULL, LANE_DESK,
	    false, false },
	{ "POST", "/remove", GRANT_OPERATE, SMALL, true, true,
	    compat_queries_unblock, NULL, NULL, LANE_DESK,
	    false, false },
	{ "POST", "/query", GRANT_OPERATE, SMALL, true, false,
	    compat_queries_ask, NULL, NULL, LANE_DESK,
	    false, false },
	{ "POST", "/dovecotpolicy", GRANT_OPERATE, SMALL, true, false,
	    compat_queries_dovecot, NULL, NULL, LANE_DESK,
	    true, true },

	/* our own */
	{ "GET", "/v1/accounts/{account}", GRANT_READ, 0, false, false,
	    v1_accounts_show, expected_address, NULL, LANE_DESK,
	    false, false },
	{ "DELETE", "/v1/accounts/{account}", GRANT_ADMIN, 0, false, true,
	    v1_accounts_forget, expected_none, NULL, LANE_DESK,
	    false, false },
	{ "GET", "/v1/blocks", GRANT_READ, 0, false, false,
	    v1_blocks_list, v1_blocks_parameters, NULL, LANE_DESK,
	    false, false },
	{ "GET", "/v1/blocks/{account}", GRANT_READ, 0, false, false,
	    v1_blocks_show, expected_none, NULL, LANE_DESK,
	    false, false },
	{ "PUT", "/v1/blocks/{account}", GRANT_OPERATE, SMALL, false, true,
	    v1_blocks_put, expected_none, v1_blocks_keys, LANE_DESK,
	    false, false },
	{ "DELETE", "/v1/blocks/{account}", GRANT_OPERATE, 0, false, true,
	    v1_blocks_delete, expected_unblock, NULL, LANE_DESK,
	    false, false },
	{ "GET", "/v1/overrides", GRANT_READ, 0, false, false,
	    v1_overrides_list, expected_names, NULL, LANE_DESK,
	    false, false },
	{ "GET", "/v1/overrides/{account}", GRANT_READ, 0, false, false,
	    v1_overrides_show, expected_none, NULL, LANE_DESK,
	    false, false },
	{ "PUT", "/v1/overrides/{account}", GRANT_ADMIN, SMALL, false, true,
	    v1_overrides_put, expected_none, NULL, LANE_DESK,
	    false, false },
	{ "DELETE", "/v1/overrides/{account}", GRANT_ADMIN, 0, false, true,
	    v1_overrides_delete, expected_none, NULL, LANE_DESK,
	    false, false },
	{ "GET", "/v1/statistics", GRANT_READ, 0, false, false,
	    v1_server_statistics, expected_none, NULL, LANE_DESK,
	    false, false },
	{ "GET", "/v1/status", GRANT_READ, 0, false, false,
	    v1_status_show, expected_none, NULL, LANE_DESK,
	    false, false },
	{ "GET", "/v1/decisions", GRANT_READ, 0, false, false,
	    v1_decisions_show, v1_decisions_parameters, NULL, LANE_DESK,
	    false, false },
	{ "GET", "/v1/countries", GRANT_READ, 0, false, false,
	    v1_countries_list, v1_countries_parameters, NULL, LANE_LONG,
	    false, false },
	{ "GET", "/v1/countries/{country}", GRANT_READ, 0, false, false,
	    v1_countries_show, v1_countries_parameters, NULL, LANE_LONG,
	    false, false },
	{ "GET", "/v1/limits", GRANT_READ, 0, false, false,
	    v1_limits_list, expected_none, NULL, LANE_LONG,
	    false, false },
	{ "GET", "/v1/limits/{limit}", GRANT_READ, 0, false, false,
	    v1_limits_show, v1_limits_parameters, NULL, LANE_LONG,
	    false, false },
	{ "GET", "/v1/configuration", GRANT_ADMIN, 0, false, false,
	    v1_server_configuration, expected_none, NULL, LANE_DESK,
	    false, false },
	{ "GET", "/v1/audit", GRANT_ADMIN, 0, false, false,
	    v1_server_audit, expected_times, NULL, LANE_DESK,
	    false, false },

	{ "POST", "/v1/session", GRANT_READ, 0, false, false,
	    v1_session_begin, expected_none, NULL, LANE_NONE, false, false },
	{ "GET", "/v1/session", GRANT_READ, 0, false, false,
	    v1_session_show, expected_none, NULL, LANE_NONE, false, false },
	{ "DELETE", "/v1/session", GRANT_READ, 0, false, false,
	    v1_session_end, expected_none, NULL, LANE_NONE, false, false },

	/* the status page */
	{ "GET", "/", GRANT_ANYBODY, 0, false, false, page_show, NULL, NULL,
	    LANE_NONE, false, false },
	{ "GET", "/page/{file}", GRANT_ANYBODY, 0, false, false, page_show,
	    NULL, NULL, LANE_NONE, false, false },

	/* monitoring */
	{ "GET", "/metrics", GRANT_READ, 0, false, false, metrics_show, NULL, NULL, LANE_DESK,
	    false, false },
	{ "GET", "/livez", GRANT_ANYBODY, 0, false, false, health_live, NULL, NULL,
	    LANE_NONE, false, false },
	{ "GET", "/readyz", GRANT_ANYBODY, 0, false, false, health_ready, NULL, NULL, LANE_DESK,
	    false, false },
	{ .method = NULL, LANE_DESK,
	    false, false },
};

/* Does the path fit? Then set what stands for the last part. */
static bool
fits(const char *pattern, const char *path, const char **rest)
{
	const char *brace = strchr(pattern, '{');
	size_t length = brace != NULL ? (size_t)(brace - pattern) :
					strlen(pattern) + 1;

	if (strncmp(pattern, path, length) != 0)
		return false;
	*rest = brace != NULL ? path + length : "";
	return brace == NULL || **rest != '\0';
}

/* Add a method to a list such as "GET, HEAD". */
static void
add_method(char **allow, const char *method)
{
	char *longer = *allow == NULL ? mem_dup(method) :
					mem_printf("%s, %s", *allow, method);

	free(*allow);
	*allow = longer;
}

enum routes_result
routes_find(const char *method, const char *path, const struct route **found,
    const char **rest, char **allow)
{
	*allow = NULL;
	if (strcmp(method, "HEAD") == 0)
		method = "GET";
	for (const struct route *route = routes; route->method != NULL;
	     route++) {
		if (!fits(route->path, path, rest))
			continue;
		if (strcmp(route->method, method) == 0) {
			free(*allow);
			*allow = NULL;
			*found = route;
			return ROUTES_FOUND;
		}
		add_method(allow, route->method);
		if (strcmp(route->method, "GET") == 0)
			add_method(allow, "HEAD");
	}
	return *allow != NULL ? ROUTES_NO_METHOD : ROUTES_NO_PATH;
}
