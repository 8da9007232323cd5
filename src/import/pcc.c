/*
 * pcc.c -- the configuration of pcc, sections of keys.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "import/pcc.h"

#include "base/mem.h"
#include "import/store_url.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct import_row rows[] = {
	{ "server.host", IMPORT_OWN, NULL, NULL },
	{ "server.port", IMPORT_OWN, NULL, NULL },
	{ "db.dbcon", IMPORT_OWN, NULL, NULL },
	{ "mail.domains", IMPORT_WORDS, "identity.domains",
	    "pcc looked at the sender's domain, this is the account's." },
	{ "mail.mailsrv", IMPORT_TEXT, "smtp.host", NULL },
	{ "mail.mailport", IMPORT_NUMBER, "smtp.port", NULL },
	{ "mail.notice", IMPORT_OWN, NULL, NULL },
	{ "policy.notice", IMPORT_OWN, NULL, NULL },
	{ "policy.action", IMPORT_OWN, NULL, NULL },
	{ "policy.how_many_different_countries", IMPORT_OWN, NULL, NULL },
	{ "policy.in_how_much_time_in_days", IMPORT_OWN, NULL, NULL },
	{ "policy.ignorecountries", IMPORT_COUNTRIES, "exempt.countries",
	    NULL },
	{ "policy.whitelisted", IMPORT_WORDS, "exempt.accounts", NULL },
	{ "policy.whitelistedips", IMPORT_WORDS, "exempt.networks", NULL },
	{ "policy.reason", IMPORT_OWN, NULL, NULL },
	{ .from = NULL },
};

static void
add_limits(struct import *import)
{
	const struct node *node;
	int64_t number;

	node = import_find(import, "policy.in_how_much_time_in_days");
	number = node != NULL ? import_number(import, node, 1, 365) : -1;
	if (number > 0) {
		fprintf(sheet_begin(import->sheet, "limits.window", NULL),
		    "%lldd", (long long)number);
		sheet_end(import->sheet);
	}
	node = import_find(import, "policy.how_many_different_countries");
	number = node != NULL ? import_number(import, node, 2, 1000) : -1;
	if (number > 0) {
		fprintf(sheet_begin(import->sheet, "limits.countries",
		    "pcc blocked as soon as there were so many; here the "
		    "limit is allowed."), "%lld", (long long)number - 1);
		sheet_end(import->sheet);
	}
	sheet_word(import->sheet, "limits.networks",
	    "pcc did not count them.", "unlimited");
	sheet_word(import->sheet, "block.duration",
	    "Until `policyd --unblock ACCOUNT`, as in pcc.", "0");
}

static void
add_listen(struct import *import)
{
	const struct node *host = import_find(import, "server.host");
	const struct node *port = import_find(import, "server.port");
	int64_t number;

	if (port == NULL)
		return;
	number = import_number(import, port, 1, 65535);
	fprintf(sheet_begin(import->sheet, "listen",
	    "So that main.cf can stay as it is."), "[\"inet:%s:%lld\"]",
	    host != NULL ? host->value : "localhost", (long long)number);
	sheet_end(import->sheet);
}

static void
add_action(struct import *import)
{
	const struct node *action = import_find(import, "policy.action");
	const struct node *reason = import_find(import, "policy.reason");
	const char *verb = action != NULL ? action->value : "REJECT";
	char *told;

	if (strcasecmp(verb, "REJECT") != 0 && strcasecmp(verb, "HOLD") != 0) {
		tree_complain(action, import->complaints, NULL,
		    "REJECT or HOLD");
		return;
	}
	if (action == NULL && reason == NULL)
		return;
	told = mem_printf("%s%s%s", verb, reason != NULL ? " " : "",
	    reason != NULL ? reason->value : "");
	sheet_text(import->sheet, "actions.blocked",
	    strcasecmp(verb, "HOLD") == 0 ?
	    "`policyd --unblock ACCOUNT --release` or --delete takes it off "
	    "hold." : NULL, told);
	free(told);
}

static void
add_notice(struct import *import)
{
	const struct node *node = import_find(import, "mail.notice");
	const char *domain;
	char *from;

	if (node == NULL)
		node = import_find(import, "policy.notice");
	if (node == NULL)
		return;
	domain = strchr(node->value, '@');
	if (domain == NULL) {
		tree_complain(node, import->complaints, NULL,
		    "addresses such as postmaster@example.com");
		return;
	}
	sheet_word(import->sheet, "notify.enabled", NULL, "true");
	import_list(import, node, false,
	    sheet_begin(import->sheet, "notify.to", NULL));
	sheet_end(import->sheet);
	from = mem_printf("policyd%.*s", (int)strcspn(domain, " \t,"), domain);
	sheet_text(import->sheet, "notify.from",
	    "pcc had no setting for it: is this right?", from);
	free(from);
	sheet_word(import->sheet, "notify.events", NULL, "[block]");
}

void
import_pcc(struct import *import)
{
	const struct node *database = import_find(import, "db.dbcon");

	import_rows(import, rows);
	add_listen(import);
	add_limits(import);
	add_action(import);
	add_notice(import);
	if (database != NULL)
		import_url(import, database);
	else
		import_embedded(import, "pcc's database");
	sheet_remark(import->sheet, "geoip.country: pcc brought its countries "
	    "along; name a GeoIP file, else no country is counted");
	sheet_remark(import->sheet, "pcc took the sender for the account; "
	    "here it is who logged in, see identity.keys");
}
