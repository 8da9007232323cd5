/*
 * compat_queries.c -- geoip-policyd's questions, and Dovecot's.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/compat_queries.h"

#include "admin/admin.h"
#include "admin/compat_client_json.h"
#include "admin/exchange.h"
#include "base/clock.h"
#include "base/text.h"
#include "policy/decision_journal.h"
#include "policy/verdict_foretell.h"

#include <microhttpd.h>
#include <stdio.h>
#include <string.h>

/* As many logins as --explain reads. */
enum { LOGINS_READ = 100000, VALUE_MAX = 1024 };

/* What is asked, and what came of it. */
struct question {
	const char *sender, *address;
	enum outcome outcome;
	bool is_observed, is_whitelisted;
	char account[ACCOUNT_SIZE];
	struct login login;
	struct finding finding;
};

void
compat_queries_unblock(struct admin *admin, struct exchange *exchange)
{
	const char *key = json_string_value(json_object_get(exchange->json,
	    "key"));
	const char *sender = json_string_value(json_object_get(exchange->json,
	    "value"));
	char account[ACCOUNT_SIZE];

	if (key == NULL || strcmp(key, "sender") != 0 || sender == NULL) {
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
		    "wanted is {\"key\": \"sender\", \"value\": "
		    "\"user@example.com\"}");
		return;
	}
	if (admin_account(admin, exchange, sender, true, account) != 0)
		return;
	/* An account that is not blocked is fine: it is what was wanted. */
	if (store_unblock(admin->desk.store, account, admin_deadline()) ==
	    STORE_FAILED)
		exchange_no_store(exchange);
	else
		exchange_empty(exchange, MHD_HTTP_ACCEPTED);
}

/* --- asking ----------------------------------------------------------------- */

/* As if the sender had logged in from the address to send mail. */
static void
ask_counted(struct admin *admin, struct question *question)
{
	struct request request = {
		.request = "smtpd_access_policy",
		.protocol_state = "",	/* no mail: rates do not count it */
		.client_address = question->address,
		.sasl_username = question->sender,
		.sender = question->sender,
		.recipient = "",
		.recipient_count = "",
		.instance = "",
		.queue_id = "",
	};
	struct decision decision = { .request = &request };
	int64_t began_us = clock_mono_us();

	decide(&admin->desk, &decision, admin_deadline());
	journal_decision(admin->config, &decision,
	    clock_mono_us() - began_us);
	question->outcome = decision.outcome;
	question->is_observed = decision.is_observed;
	question->login = decision.login;
	question->finding = decision.finding;
	memcpy(question->account, decision.account, ACCOUNT_SIZE);
}

/* The same, and nothing is remembered. */
static void
ask_dry(struct admin *admin, struct question *question)
{
	const struct account_name_source source = { question->sender,
		question->sender, question->address };
	struct account_record record;
	struct account_query name;
	struct would_be would = { .outcome = OUTCOME_ERROR };

	question->outcome = OUTCOME_NO_ACCOUNT;
	if (account_name_name(&admin->config->identity, &source, name.name) !=
	    IDENTITY_NAMED)
		return;
	accounts_resolve(admin->desk.accounts, &name, 1, admin_deadline());
	memcpy(question->account, name.name, ACCOUNT_SIZE);
	if (name.result == ACCOUNT_SKIPPED)
		return;
	if (store_account(admin->desk.store, question->account,
		configured_find(admin->desk.overrides, question->account),
		LOGINS_READ, &record, admin_deadline()) == STORE_DONE)
		verdict_foretell(&admin->desk, question->account, &record,
		    question->address, &would);
	account_record_clear(&record);
	question->outcome = would.outcome;
	question->is_observed = would.is_observed;
	question->login = would.login;
	question->finding = would.finding;
}

/* Ask; an answer that the store has not given is a 503. */
static int
ask(struct admin *admin, struct exchange *exchange, bool is_dry,
    struct question *question)
{
	if (!is_dry)
		ask_counted(admin, question);
	else
		ask_dry(admin, question);
	if (question->outcome != OUTCOME_ERROR)
		return 0;
	exchange_no_store(exchange);
	return -1;
}

static bool
passes(const struct question *question)
{
	return question->is_observed || question->outcome == OUTCOME_PASS ||
	    question->outcome == OUTCOME_NO_ACCOUNT ||
	    question->outcome == OUTCOME_EXEMPT;
}

/* A text that may be asked about. */
static bool
is_good(const char *value)
{
	return value != NULL && *value != '\0' &&
	    strlen(value) <= VALUE_MAX && exchange_is_text(value);
}

static bool
is_address(const char *text)
{
	struct addr addr;

	return text != NULL && addr_parse(text, &addr) == 0 &&
	    addr.prefix == addr.bits;
}

static void
reason_of(const struct question *question, char reason[REASON_SIZE])
{
	const struct finding *f = &question->finding;

	reply_reason_of(f, reason);
}

/* Is a parameter of the query set to yes? */
static bool
is_set(const struct exchange *exchange, const char *name)
{
	const char *value = exchange_query(exchange, name);

	return value != NULL && strcmp(value, "0") != 0 &&
	    strcmp(value, "false") != 0;
}

/* What is asked about; it is answered if that makes no sense. */
static int
read_client(struct exchange *exchange, struct question *question)
{
	const char *key = json_string_value(json_object_get(exchange->json,
	    "key"));
	const json_t *value = json_object_get(exchange->json, "value");

	question->sender = json_string_value(json_object_get(value, "sender"));
	question->address = json_string_value(json_object_get(value,
	    "address"));
	if (key != NULL && strcmp(key, "client") == 0 &&
	    is_good(question->sender) && is_address(question->address))
		return 0;
	exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
	    "wanted is {\"key\": \"client\", \"value\": {\"address\": "
	    "\"192.0.2.1\", \"sender\": \"user@example.com\"}}");
	return -1;
}

static void
answer_query(struct exchange *exchange, const struct question *question,
    json_t *object)
{
	const uint32_t *found = question->finding.evidence.found;
	char reason[REASON_SIZE];

	reason_of(question, reason);
	exchange_json(exchange, MHD_HTTP_ACCEPTED,
	    json_pack("{ss so ss sn sb ss ss ss ss sI sI}", "guid",
		exchange->guid, "object", object, "operation", "query",
		"error", "result", passes(question), "account",
		question->account, "verdict",
		decide_outcome(question->outcome), "reason", reason,
		"country", question->login.country, "countries",
		(json_int_t)found[MEASURE_COUNTRIES], "networks",
		(json_int_t)found[MEASURE_NETWORKS]));
}

/* Where is it, and is it one that counts? Nothing else is looked at. */
static void
tell_place(struct admin *admin, struct question *question)
{
	question->outcome = OUTCOME_PASS;
	decide_login(&admin->desk, question->address, &question->login,
	    &question->is_whitelisted);
}

void
compat_queries_ask(struct admin *admin, struct exchange *exchange)
{
	struct question question = { .outcome = OUTCOME_ERROR };
	struct account_record record = { .is_known = false };
	bool is_info = is_set(exchange, "info");
	struct compat_client client = { .remote = exchange->remote };

	if (read_client(exchange, &question) != 0)
		return;
	tell_place(admin, &question);
	if (!is_info && ask(admin, exchange, is_set(exchange, "dry_run"),
	    &question) != 0)
		return;
	if (!is_info && !question.is_whitelisted &&
	    store_account(admin->desk.store, question.account,
		configured_find(admin->desk.overrides, question.account),
		LOGINS_READ, &record, admin_deadline()) == STORE_DONE)
		client.record = &record;
	client.is_rejected = !passes(&question);
	client.is_whitelisted = question.is_whitelisted;
	client.address = question.address;
	client.country = question.login.country;
	answer_query(exchange, &question, is_set(exchange, "compact") ?
	    json_string("client") : compat_client_json(&client));
	account_record_clear(&record);
}

/* --- Dovecot ----------------------------------------------------------------- */

static void
answer_dovecot(struct exchange *exchange, int status, const char *message)
{
	exchange_json(exchange, MHD_HTTP_OK, json_pack("{si ss}", "status",
	    status, "msg", message));
}

/* Is it a login that succeeded and that nobody else refused? */
static bool
is_success(const json_t *body)
{
	return json_is_true(json_object_get(body, "success")) &&
	    !json_is_true(json_object_get(body, "policy_reject"));
}

/* A login that is over. Whatever it says is taken, so that Dovecot goes on. */
static void
take_report(struct admin *admin, struct exchange *exchange)
{
	json_t *body = exchange->length == 0 ? NULL :
	    json_loadb(exchange->text, exchange->length,
		JSON_REJECT_DUPLICATES, NULL);
	struct question question = {
		.sender = json_string_value(json_object_get(body, "login")),
		.address = json_string_value(json_object_get(body, "remote")),
	};

	/* Without an address (a login from the host itself) nothing counts;
	 * neither does a password that was wrong. */
	if (!is_good(question.sender) || !is_address(question.address) ||
	    !is_success(body) ||
	    ask(admin, exchange, false, &question) == 0)
		answer_dovecot(exchange, 0, "ok");
	json_decref(body);
}

/* A login that is to come: would it pass? */
static void
foretell(struct admin *admin, struct exchange *exchange)
{
	struct question question = {
		.sender = json_string_value(json_object_get(exchange->json,
		    "login")),
		.address = json_string_value(json_object_get(exchange->json,
		    "remote")),
	};
	char reason[REASON_SIZE];
	char message[ACCOUNT_SIZE + REASON_SIZE + 16];

	if (!is_good(question.sender)) {
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
		    "wanted is {\"login\": \"user@example.com\", \"remote\": "
		    "\"192.0.2.1\", ...}");
		return;
	}
	if (!is_address(question.address)) {
		answer_dovecot(exchange, 0, "ok");
		return;
	}
	if (ask(admin, exchange, true, &question) != 0)
		return;
	reason_of(&question, reason);
	snprintf(message, sizeof(message), "%s: %s",
	    decide_outcome(question.outcome), reason);
	answer_dovecot(exchange, passes(&question) ? 0 : -1,
	    passes(&question) ? "ok" : message);
}

void
compat_queries_dovecot(struct admin *admin, struct exchange *exchange)
{
	const char *command = exchange_query(exchange, "command");

	if (command != NULL && strcmp(command, "report") == 0) {
		take_report(admin, exchange);
	} else if (command == NULL || strcmp(command, "allow") != 0) {
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
		    "wanted is ?command=allow or ?command=report");
	} else if (!exchange_is_json(exchange)) {
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
		    "wanted is Content-Type: application/json");
	} else if (exchange_read_json(exchange) == 0) {
		foretell(admin, exchange);
	}
}
