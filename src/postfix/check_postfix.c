/*
 * check_postfix.c -- does Postfix ask policyd, and where it should?
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "postfix/check_postfix.h"

#include "base/log.h"
#include "command/print.h"
#include "postfix/policy_service.h"
#include "postfix/findings.h"
#include "postfix/postfix_command.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static void
take_main(void *facts, const char *line)
{
	postfix_facts_take_main(facts, line);
}

static void
take_override(void *facts, const char *line)
{
	postfix_facts_take_override(facts, line);
}

static void
take_master(void *facts, const char *line)
{
	postfix_facts_take_master(facts, line);
}

/* Ask postconf three times: main.cf, services, what these override. */
static int
read_facts(const char *config, struct postfix_facts *facts)
{
	enum { OTHERS = 10 };
	const char *main[OTHERS + LIST_COUNT + 1] = { "-x", "queue_directory",
		"mail_owner", "compatibility_level", "smtpd_delay_reject",
		"smtpd_sasl_auth_enable",
		"smtpd_policy_service_default_action",
		"smtpd_policy_service_timeout",
		"smtpd_policy_service_try_limit",
		"smtpd_policy_service_retry_delay" };
	const struct {
		const char *const *arguments;
		void (*take)(void *, const char *);
	} runs[] = {
		{ main, take_main },
		{ (const char *const[]){ "-M", NULL }, take_master },
		{ (const char *const[]){ "-Px", NULL }, take_override },
	};
	int status = EX_OK;

	for (size_t i = 0; i < LIST_COUNT; i++)
		main[OTHERS + i] = postfix_lists[i];
	for (size_t i = 0; i < 3 && status == EX_OK; i++)
		status = postfix_run(&(struct postfix_command){
		    .program = "postconf",
		    .config = config,
		    .arguments = runs[i].arguments,
		    .take = runs[i].take,
		    .taker = facts });
	return status;
}

static void
print_findings_json(const struct findings *findings, FILE *out)
{
	json_t *array = json_array();

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding_line *line = &findings->list[i];

		json_array_append_new(array, json_pack("{sb ss ss ss}", "ok",
		    line->is_good, "service", line->service, "what",
		    line->what, "fix", line->fix));
	}
	print_json(out, array);
	json_decref(array);
}

static void
print_lines(const char *lines, FILE *out)
{
	while (*lines != '\0') {
		size_t length = strcspn(lines, "\n");

		fprintf(out, "        %.*s\n", (int)length, lines);
		lines += length + (lines[length] == '\n');
	}
}

static void
print_findings(const struct findings *findings, FILE *out)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding_line *line = &findings->list[i];

		fprintf(out, "%-5s %s%s%s\n", line->is_good ? "ok" : "WRONG",
		    line->service, line->service[0] != '\0' ? ": " : "",
		    line->what);
		if (line->fix[0] == '\0')
			continue;
		fprintf(out, "      in %s:\n",
		    strncmp(line->fix, "listen:", 7) == 0 ? "policyd.yaml" :
		    line->fix[0] == '-' ? "master.cf" : "main.cf");
		print_lines(line->fix, out);
	}
}

/* What postconf says of a folder without one is hard to read. */
static bool
has_main_cf(const char *config)
{
	char path[PATH_MAX];

	if (config == NULL)
		return true;
	snprintf(path, sizeof(path), "%s/main.cf", config);
	if (access(path, R_OK) == 0)
		return true;
	log_error("--postfix-config: %s cannot be read (%s): name the "
	    "directory of Postfix's main.cf", path, strerror(errno));
	return false;
}

int
postfix_check_run(const struct job *job, const char *config)
{
	struct postfix_facts facts = { NULL, 0, NULL, 0 };
	struct findings findings;
	int status = has_main_cf(config) ? read_facts(config, &facts) :
					   EX_NOINPUT;

	if (status == EX_OK) {
		findings_collect(&findings, job->config, &facts);
		if (job->is_json)
			print_findings_json(&findings, job->out);
		else
			print_findings(&findings, job->out);
		status = findings.bad > 0 ? POSTFIX_CHECK_FAILED : EX_OK;
		findings_clear(&findings);
	}
	postfix_facts_clear(&facts);
	return status;
}
