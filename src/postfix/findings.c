/*
 * findings.c -- what is right and wrong in Postfix's configuration.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "postfix/findings.h"

#include "base/mem.h"
#include "policy/rates_stage.h"
#include "postfix/policy_service.h"
#include "postfix/socket_access.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* Postfix may wait for so much longer than our answers take. */
	PATIENCE_MS = 10000,
	/* And this is a good time to wait longer. */
	SPARE_S = 3,
};

/* What one service is judged by. */
struct subject {
	const struct config *config;
	const struct postfix_facts *facts;
	const struct postfix_service *service;
	struct findings *findings;
};

void
findings_clear(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		free(findings->list[i].service);
		free(findings->list[i].what);
		free(findings->list[i].fix);
	}
	free(findings->list);
	memset(findings, 0, sizeof(*findings));
}

/* what and fix are taken over; fix may be NULL. */
static void
add(const struct subject *subject, bool is_good, char *what, char *fix)
{
	struct findings *findings = subject->findings;

	findings->list = mem_grow(findings->list, findings->count + 1,
	    sizeof(*findings->list));
	findings->list[findings->count++] = (struct finding_line){
		.is_good = is_good,
		.service = mem_dup(subject->service != NULL ?
		    subject->service->name : ""),
		.what = what,
		.fix = fix != NULL ? fix : mem_dup(""),
	};
	findings->bad += !is_good;
}

static bool
is_yes(const struct subject *subject, const char *name)
{
	return strcmp(postfix_facts_get(subject->facts, subject->service,
		   name, NULL), "yes") == 0;
}

/* The socket that any smtpd reaches. */
static char *
advise_listen(const struct subject *subject)
{
	return mem_printf("listen: [unix:%s/policyd/policy]",
	    postfix_facts_get(subject->facts, NULL, "queue_directory", NULL));
}

/* The lines that put a call at the beginning of a list. */
static char *
advise(const struct subject *subject, enum postfix_list list)
{
	char name[RESTRICTION_SIZE];
	bool is_own;

	if (!policy_service_name(subject->config, subject->facts,
		subject->service, name))
		/* What advise_listen leads to. */
		strcpy(name, "unix:policyd/policy");
	postfix_facts_get(subject->facts, subject->service,
	    postfix_lists[list], &is_own);
	if (is_own)
		return mem_printf("-o { %s =\n"
		    "    check_policy_service { %s,\n"
		    "        timeout=5s, try_limit=1, default_action=DUNNO },\n"
		    "    ... }", postfix_lists[list], name);
	return mem_printf("%s =\n"
	    "    check_policy_service { %s,\n"
	    "        timeout=5s, try_limit=1, default_action=DUNNO },\n"
	    "    ...", postfix_lists[list], name);
}

/* Does it wait long enough for our answer, and not much longer? */
static void
judge_patience(const struct subject *subject, enum postfix_list list,
    const struct policy_service *call)
{
	int64_t deadline_ms = subject->config->server.deadline_ms;
	int64_t patience_s = policy_service_patience_s(call);

	if (call->timeout_s * 1000 <= deadline_ms)
		add(subject, false, mem_printf("%s waits %llds for an answer, "
		    "which may take server.deadline, %lldms: mail would pass "
		    "uncounted", postfix_lists[list],
		    (long long)call->timeout_s, (long long)deadline_ms),
		    mem_printf("check_policy_service { ..., timeout=%llds",
			(long long)(deadline_ms / 1000 + SPARE_S)));
	else if (patience_s * 1000 > deadline_ms + PATIENCE_MS)
		add(subject, false, mem_printf("%s: each recipient waits "
		    "%llds for a policyd that does not answer: timeout=5s "
		    "and try_limit=1 are missing", postfix_lists[list],
		    (long long)patience_s), advise(subject, list));
}

/* Judge a call that was found, and found in time. */
static void
judge_call(const struct subject *subject, enum postfix_list list,
    const struct policy_service *call)
{
	add(subject, true, mem_printf("%s asks policyd",
	    postfix_lists[list]), NULL);
	if (!call->is_soft)
		add(subject, false, mem_printf("%s: while policyd is away, "
		    "mail is put off with 451: default_action=DUNNO is "
		    "missing", postfix_lists[list]), advise(subject, list));
	judge_patience(subject, list, call);
}

static void
judge_absence(const struct subject *subject, enum postfix_list list,
    const struct policy_service *call, const char *why)
{
	char *what;

	if (call->is_too_late)
		what = mem_printf("%s asks policyd behind %s, which is too "
		    "late: %s", postfix_lists[list], call->before, why);
	else if (call->stranger[0] != '\0')
		what = mem_printf("%s asks %s, where policyd does not "
		    "listen%s: %s", postfix_lists[list], call->stranger,
		    postfix_facts_is_chrooted(subject->facts,
			subject->service) ?
		    " (this smtpd is chrooted to the queue directory)" : "",
		    why);
	else
		what = mem_printf("%s does not ask policyd: %s",
		    postfix_lists[list], why);
	add(subject, false, what, advise(subject, list));
}

/* Is there a good call in one of the lists that are looked at for each
 * recipient? Else say what is the matter. */
static void
judge_rcpt(const struct subject *subject)
{
	static const enum postfix_list order[] = { LIST_RECIPIENT, LIST_RELAY,
		LIST_SENDER, LIST_HELO, LIST_CLIENT };
	bool is_delayed = is_yes(subject, "smtpd_delay_reject");
	struct policy_service bad = { .is_there = false };
	enum postfix_list bad_list = LIST_RECIPIENT;

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		struct policy_service call;

		policy_service_find(subject->config, subject->facts,
		    subject->service, order[i], &call);
		if (call.is_there && !call.is_too_late && !is_delayed &&
		    order[i] < LIST_RELAY) {
			add(subject, false, mem_printf("%s asks policyd "
			    "before the recipient is known, because "
			    "smtpd_delay_reject is no",
			    postfix_lists[order[i]]),
			    advise(subject, LIST_RECIPIENT));
			return;
		}
		if (call.is_there && !call.is_too_late) {
			judge_call(subject, order[i], &call);
			return;
		}
		if (bad.stranger[0] == '\0' && !bad.is_too_late &&
		    (call.is_too_late || call.stranger[0] != '\0')) {
			bad = call;
			bad_list = order[i];
		}
	}
	judge_absence(subject, bad_list, &bad,
	    "logins are neither counted nor limited");
}

/* The list of the stage that rates count at, unless that is RCPT. */
static void
judge_stage(const struct subject *subject)
{
	const struct config *config = subject->config;
	enum postfix_list list = config->rates.stage == STAGE_DATA ?
	    LIST_DATA : LIST_END_OF_DATA;
	struct policy_service call;

	if (!stage_has_rules(config) || config->rates.stage == STAGE_RCPT)
		return;
	policy_service_find(config, subject->facts, subject->service, list,
	    &call);
	if (call.is_there && !call.is_too_late)
		judge_call(subject, list, &call);
	else
		judge_absence(subject, list, &call,
		    config->rates.stage == STAGE_DATA ?
		    "rates count nothing, for rates.stage is data" :
		    "rates count nothing, for rates.stage is "
		    "end-of-message");
}

static void
judge_socket(const struct subject *subject)
{
	const char *path = policy_service_socket(subject->config,
	    subject->facts, subject->service);
	const char *user = postfix_facts_get(subject->facts, NULL,
	    "mail_owner", NULL);
	char name[RESTRICTION_SIZE];
	char bytes[400];
	struct text why;

	text_init(&why, bytes, sizeof(bytes));
	if (path == NULL && !policy_service_name(subject->config,
		subject->facts, subject->service, name))
		add(subject, false, mem_dup("policyd listens outside of the "
		    "queue directory, which this smtpd is chrooted to"),
		    advise_listen(subject));
	else if (path != NULL && postfix_access_check(subject->config, user,
		path, &why) != 0)
		add(subject, false, mem_dup(bytes), NULL);
	else if (path != NULL)
		add(subject, true, mem_printf("%s may connect to %s", user,
		    path), NULL);
}

/* Is the name of an account nothing but the login? */
static bool
needs_login(const struct config *config)
{
	for (size_t i = 0; i < config->identity.key_count; i++)
		if (config->identity.keys[i] != IDENTITY_SASL_USERNAME)
			return false;
	return true;
}

void
findings_collect(struct findings *findings, const struct config *config,
    const struct postfix_facts *facts)
{
	struct subject subject = { .config = config, .facts = facts,
		.findings = findings };
	size_t judged = 0;

	memset(findings, 0, sizeof(*findings));
	for (size_t i = 0; i < facts->service_count; i++) {
		subject.service = &facts->services[i];
		if (needs_login(config) &&
		    !is_yes(&subject, "smtpd_sasl_auth_enable"))
			continue;
		judged++;
		judge_rcpt(&subject);
		judge_stage(&subject);
		judge_socket(&subject);
	}
	subject.service = NULL;
	if (judged == 0)
		add(&subject, false, mem_dup(facts->service_count == 0 ?
		    "master.cf has no smtpd service" :
		    "no smtpd lets users log in, and policyd counts logins: "
		    "smtpd_sasl_auth_enable is no"),
		    mem_dup(facts->service_count == 0 ? "" :
		    "smtpd_sasl_auth_enable = yes"));
}
