/*
 * mail_probe.c -- one delivery from the command line, for delivery.py.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   mail_probe mail|build|webhook [key=value ...] <text
 *   mail_probe hook timeout_ms=N -- /path [argument ...] <text
 *
 * It prints "result: ...", "text: ...", and for mail one "recipient: ... text"
 * each. It exits 0 if it could try.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "config/config.h"
#include "mail/message.h"
#include "mail/smtp.h"
#include "notify/exec.h"
#include "notify/webhook.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static const char *const results[] = {
	[DELIVERY_DONE] = "done",
	[DELIVERY_PARTLY] = "partly",
	[DELIVERY_RETRY] = "retry",
	[DELIVERY_REFUSED] = "refused",
};

/* The value of "key=value" among the arguments, or what is given. */
static char *
value(char **arguments, const char *key, const char *otherwise)
{
	size_t length = strlen(key);

	for (; *arguments != NULL && strcmp(*arguments, "--") != 0; arguments++)
		if (strncmp(*arguments, key, length) == 0 &&
		    (*arguments)[length] == '=')
			return mem_dup(*arguments + length + 1);
	return mem_dup(otherwise);
}

static uint32_t
number(char **arguments, const char *key, const char *otherwise)
{
	char *text = value(arguments, key, otherwise);
	uint32_t result = (uint32_t)strtoul(text, NULL, 10);

	free(text);
	return result;
}

static char *
read_input(void)
{
	size_t length = 0;
	size_t room = 4096;
	char *text = mem_new(room, 1);
	size_t done;

	while ((done = fread(text + length, 1, room - length - 1, stdin)) > 0) {
		length += done;
		if (length + 1 < room)
			continue;
		room *= 2;
		text = mem_grow(text, room, 1);
	}
	text[length] = '\0';
	return text;
}

/* All values of to=... */
static struct strings
recipients(char **arguments)
{
	struct strings to = { 0, NULL };

	for (; *arguments != NULL; arguments++) {
		if (strncmp(*arguments, "to=", 3) != 0)
			continue;
		to.list = mem_grow(to.list, to.count + 1, sizeof(*to.list));
		to.list[to.count++] = *arguments + 3;
	}
	return to;
}

static void
configure(struct config *config, char **arguments)
{
	char *tls = value(arguments, "tls", "none");

	config->smtp.host = value(arguments, "host", "localhost");
	config->smtp.port = number(arguments, "port", "25");
	config->smtp.helo = value(arguments, "helo", "");
	config->smtp.tls = strcmp(tls, "starttls") == 0 ? SMTP_TLS_STARTTLS :
	    strcmp(tls, "wrapped") == 0			? SMTP_TLS_WRAPPED :
							  SMTP_TLS_NONE;
	config->smtp.ca_file = value(arguments, "ca_file", "");
	config->smtp.username = value(arguments, "username", "");
	config->smtp.password = value(arguments, "password", NULL);
	config->smtp.timeout_s = number(arguments, "timeout", "30");
	config->notify.from = value(arguments, "from", "policyd@example.org");
	config->notify.webhook = value(arguments, "url", "");
	config->notify.webhook_secret = value(arguments, "secret", NULL);
	free(tls);
}

static void
unconfigure(struct config *config)
{
	free(config->smtp.host);
	free(config->smtp.helo);
	free(config->smtp.ca_file);
	free(config->smtp.username);
	free(config->smtp.password);
	free(config->notify.from);
	free(config->notify.webhook);
	free(config->notify.webhook_secret);
}

static void
probe_mail(const struct config *config, char **arguments, const char *input)
{
	struct strings to = recipients(arguments);
	struct errand errand;

	mail_start(&errand, &config->smtp, &(struct mail){
	    config->notify.from, &to, input });
	errand_wait(&errand);
	printf("result: %s\ntext: %s\n", results[errand.report.result],
	    errand.report.text);
	if (errand.report.is_down)
		puts("down: yes");
	for (size_t i = 0; i < errand.report.count; i++)
		printf("recipient: %s %s\n",
		    results[errand.report.fates[i].result],
		    errand.report.fates[i].text);
	fflush(stdout);
	errand_end(&errand);
	free(to.list);
}

static void
probe_build(const struct config *config, char **arguments, const char *input)
{
	struct strings to = recipients(arguments);
	char *subject = value(arguments, "subject", "A subject");
	char *type = value(arguments, "content_type", "text/plain");
	char *text = message_build(&(struct message){
	    .from = config->notify.from,
	    .to = &to,
	    .subject = subject,
	    .content_type = type,
	    .body = input,
	    .time_ms = INT64_C(1767225599000),
	    .id = "1.test",
	    .host = "mx.example.org",
	});

	fputs(text, stdout);
	free(text);
	free(type);
	free(subject);
	free(to.list);
}

static void
print_fate(const struct fate *fate)
{
	printf("result: %s\ntext: %s\n%s", results[fate->result], fate->text,
	    fate->is_down ? "down: yes\n" : "");
}

static void
probe_hook(uint32_t timeout_ms, char **arguments, const char *input)
{
	struct strings command = { 0, NULL };
	struct fate fate;

	while (*arguments != NULL && strcmp(*arguments, "--") != 0)
		arguments++;
	if (*arguments != NULL)
		command.list = arguments + 1;
	while (command.list != NULL && command.list[command.count] != NULL)
		command.count++;
	exec_run(&command, input, timeout_ms, &fate);
	print_fate(&fate);
}

int
main(int argc, char **argv)
{
	struct config config = { 0 };
	uint32_t timeout_ms;
	char *input;

	if (argc < 2)
		return EX_USAGE;
	signal(SIGPIPE, SIG_IGN);
	timeout_ms = number(argv + 2, "timeout_ms", "30000");
	configure(&config, argv + 2);
	input = read_input();
	if (strcmp(argv[1], "mail") == 0)
		probe_mail(&config, argv + 2, input);
	if (strcmp(argv[1], "build") == 0)
		probe_build(&config, argv + 2, input);
	if (strcmp(argv[1], "hook") == 0)
		probe_hook(timeout_ms, argv + 2, input);
	if (strcmp(argv[1], "webhook") == 0) {
		const struct webhook_event event = { "evt_1",
			clock_wall_ms() / 1000, input };
		struct fate fate;

		webhook_post(&config.notify, &event, timeout_ms, &fate);
		print_fate(&fate);
	}
	free(input);
	unconfigure(&config);
	return EX_OK;
}
