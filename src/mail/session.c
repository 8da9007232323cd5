/*
 * session.c -- one mail by libESMTP, in a process of its own.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libESMTP blocks in connect(2), waits for each byte anew, and knows neither
 * IPv6 addresses nor TLS from the first byte: so it is given a socket to
 * connect to that nobody answers, and finds the server's in its place. The
 * deadline of the process bounds the rest.
 */
#include "mail/session.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "mail/dial.h"
#include "mail/talk.h"
#include "mail/relay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Every line end becomes CRLF: a bare LF or CR is not for SMTP (RFC 5321,
 * 2.3.8), and servers that differ about it can be misled. */
static char *
normalise(const char *message, size_t *length)
{
	char *text = mem_new(strlen(message) * 2 + 3, 1);
	char *end = text;

	for (; *message != '\0'; message++) {
		if (*message != '\r' && *message != '\n') {
			*end++ = *message;
			continue;
		}
		if (message[0] == '\r' && message[1] == '\n')
			message++;
		*end++ = '\r';
		*end++ = '\n';
	}
	if (end == text || end[-1] != '\n') {
		*end++ = '\r';
		*end++ = '\n';
	}
	*length = (size_t)(end - text);
	return text;
}

static void
read_mail(struct talk *talk, const struct mail *mail)
{
	talk->count = mail->to->count;
	talk->recipients = mem_new(talk->count, sizeof(*talk->recipients));
	for (size_t i = 0; i < talk->count; i++)
		if (mailbox_parse(mail->to->list[i], &talk->recipients[i]) != 0)
			voice_tell(talk->voice, i, DELIVERY_REFUSED,
			    "this is no mail address");
	if (mailbox_parse(mail->from, &talk->sender) != 0)
		talk_leave(
		    talk, "the sender is no mail address, see notify.from");
	talk->text = normalise(mail->text, &talk->length);
}

static bool
is_anybody_left(const struct talk *talk)
{
	for (size_t i = 0; i < talk->count; i++)
		if (!voice_is_told(talk->voice, i))
			return true;
	return false;
}

/* Connect to the server, by TLS if that is wanted from the first byte. */
static void
reach(struct talk *talk)
{
	const struct smtp_options *options = talk->options;
	/* What is left then is for telling that it cannot be reached. */
	int64_t deadline_ms =
	    clock_mono_ms() + (int64_t)options->timeout_s * 900;
	struct text why;
	SSL *ssl;

	text_init(&why, talk->why, sizeof(talk->why));
	if (options->tls != SMTP_TLS_NONE &&
	    tls_open(&talk->tls, options) != 0)
		talk_leave(talk, talk->tls.why);
	talk->server_fd = dial(options, deadline_ms, &why);
	if (talk->server_fd < 0)
		talk_leave(talk, talk->why);
	if (options->tls != SMTP_TLS_WRAPPED)
		return;
	ssl = tls_connect(&talk->tls, options, talk->server_fd);
	if (ssl == NULL)
		talk_leave(talk, talk->tls.why);
	talk->server_fd = relay_start(ssl, talk->server_fd);
	if (talk->server_fd < 0)
		talk_leave(talk, strerror(errno));
}

static void
set_security(struct talk *talk, smtp_session_t smtp)
{
	const struct smtp_options *options = talk->options;

	/* It would read keys and authorities below these. */
	setenv("HOME", "/nonexistent", 1);
	unsetenv("XDG_CONFIG_DIR");
	if (options->tls == SMTP_TLS_STARTTLS) {
		smtp_starttls_enable(smtp, Starttls_REQUIRED);
		smtp_starttls_set_ctx(smtp, talk->tls.context);
	}
	if (options->username[0] == '\0')
		return;
	auth_client_init();
	talk->auth = auth_create_context();
	auth_set_mechanism_flags(talk->auth, AUTH_PLUGIN_PLAIN, 0);
	/* It looks for the plugin of CRAM-MD5 by a name that it has not, but
	 * knows what it once has found. */
	auth_set_mechanism(talk->auth, "CRAMMD5");
	auth_set_interact_cb(talk->auth, talk_login,
	    (union {
		    const void *given;
		    void *wanted;
	    }){ options }
		.wanted);
	smtp_auth_set_context(smtp, talk->auth);
}

static void
set_mail(struct talk *talk, smtp_session_t smtp)
{
	talk->message = smtp_add_message(smtp);
	smtp_set_reverse_path(talk->message, talk->sender.address);
	smtp_set_messagecb(talk->message, talk_text, talk);
	if (talk_needs_utf8(talk))
		smtp_size_set_estimate(talk->message, 100);
	for (size_t i = 0; i < talk->count; i++) {
		smtp_recipient_t recipient;

		if (voice_is_told(talk->voice, i))
			continue;
		recipient = smtp_add_recipient(
		    talk->message, talk->recipients[i].address);
		smtp_recipient_set_application_data_release(
		    recipient, &talk->recipients[i], NULL);
	}
}

/* The server was left before it told all: say why. */
static void
explain(struct talk *talk)
{
	const smtp_status_t *sender = smtp_reverse_path_status(talk->message);
	int error = smtp_errno();
	char library[DELIVERY_TEXT] = "";
	char text[DELIVERY_TEXT];
	struct text why;

	if (sender != NULL && sender->code / 100 > 2) {
		voice_tell_all(talk->voice, talk_judge(sender->code), false,
		    talk_reply(sender, text));
		return;
	}
	text_init(&why, talk->why, sizeof(talk->why));
	if (talk->wants_tls_reply)
		tls_explain(&talk->tls, "STARTTLS");
	if (talk->tls.why[0] != '\0')
		text_add(&why, talk->tls.why);
	else if (error != 0)
		text_add(&why, smtp_strerror(error, library, sizeof(library)));
	else
		text_add(&why, "the server ended the session");
	if (talk->transcript.complaint[0] != '\0')
		text_printf(&why, " (%s)", talk->transcript.complaint);
	voice_tell_all(talk->voice, DELIVERY_RETRY,
	    sender == NULL || sender->code == 0, talk->why);
}

static void
converse(struct talk *talk)
{
	smtp_session_t smtp = smtp_create_session();
	char server[32];

	talk->transcript = (struct transcript){ .length = 0 };
	talk->quiet_fd = -1;
	talk->is_again = false;
	reach(talk);
	if (smtp == NULL || decoy_open(&talk->decoy, server) != 0)
		talk_leave(talk, strerror(errno));
	smtp_set_server(smtp, server);
	if (talk->options->helo[0] != '\0')
		smtp_set_hostname(smtp, talk->options->helo);
	smtp_set_eventcb(smtp, talk_event, talk);
	smtp_set_monitorcb(smtp, talk_monitor, talk, 0);
	set_security(talk, smtp);
	set_mail(talk, smtp);
	smtp_start_session(smtp);
	if (!talk->is_again)
		explain(talk);
	smtp_destroy_session(smtp);
	if (talk->auth != NULL)
		auth_destroy_context(talk->auth);
	talk->auth = NULL;
	close(talk->server_fd);
	tls_close(&talk->tls);
}

void
session_run(struct voice *voice, const void *data)
{
	const struct session_order *order = data;
	struct talk talk = { .options = order->options, .voice = voice };

	read_mail(&talk, order->mail);
	while (is_anybody_left(&talk))
		converse(&talk);
	for (size_t i = 0; i < talk.count; i++)
		mailbox_clear(&talk.recipients[i]);
	mailbox_clear(&talk.sender);
	free(talk.recipients);
	free(talk.text);
}
