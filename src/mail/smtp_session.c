/*
 * smtp_session.c -- one mail by libESMTP, in a process of its own.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libESMTP blocks in connect(2), waits for each byte anew, and knows neither
 * IPv6 addresses nor TLS from the first byte: so it is given a socket to
 * connect to that nobody answers, and finds the server's in its place. The
 * deadline of the process bounds the rest.
 */
#include "mail/smtp_session.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "mail/smtp_auth.h"
#include "mail/smtp_dial.h"
#include "mail/smtp_dialog.h"
#include "mail/tls_relay.h"

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
read_mail(struct dialog *dialog, const struct mail *mail)
{
	dialog->count = mail->to->count;
	dialog->recipients = mem_new(dialog->count, sizeof(*dialog->recipients));
	for (size_t i = 0; i < dialog->count; i++)
		if (mailbox_parse(mail->to->list[i], &dialog->recipients[i]) != 0)
			voice_tell(dialog->voice, i, DELIVERY_REFUSED,
			    "this is no mail address");
	if (mailbox_parse(mail->from, &dialog->sender) != 0)
		dialog_leave(
		    dialog, "the sender is no mail address, see notify.from");
	dialog->text = normalise(mail->text, &dialog->length);
}

static bool
is_anybody_left(const struct dialog *dialog)
{
	for (size_t i = 0; i < dialog->count; i++)
		if (!voice_is_told(dialog->voice, i))
			return true;
	return false;
}

/* Connect to the server, by TLS if that is wanted from the first byte. */
static void
reach(struct dialog *dialog)
{
	const struct smtp_options *options = dialog->options;
	/* What is left then is for telling that it cannot be reached. */
	int64_t deadline_ms =
	    clock_mono_ms() + (int64_t)options->timeout_s * 900;
	struct text why;
	SSL *ssl;

	text_init(&why, dialog->why, sizeof(dialog->why));
	if (options->tls != SMTP_TLS_NONE &&
	    tls_open(&dialog->tls, options) != 0)
		dialog_leave(dialog, dialog->tls.why);
	dialog->server_fd = dial(options, deadline_ms, &why);
	if (dialog->server_fd < 0)
		dialog_leave(dialog, dialog->why);
	if (options->tls != SMTP_TLS_WRAPPED)
		return;
	ssl = tls_connect(&dialog->tls, options, dialog->server_fd);
	if (ssl == NULL)
		dialog_leave(dialog, dialog->tls.why);
	dialog->server_fd = relay_start(ssl, dialog->server_fd);
	if (dialog->server_fd < 0)
		dialog_leave(dialog, strerror(errno));
}

static void
set_security(struct dialog *dialog, smtp_session_t smtp)
{
	const struct smtp_options *options = dialog->options;

	/* It would read keys and authorities below these. */
	setenv("HOME", "/nonexistent", 1);
	unsetenv("XDG_CONFIG_DIR");
	if (options->tls == SMTP_TLS_STARTTLS) {
		smtp_starttls_enable(smtp, Starttls_REQUIRED);
		smtp_starttls_set_ctx(smtp, dialog->tls.context);
	}
	dialog->auth = auth_start(options);
	if (dialog->auth != NULL)
		smtp_auth_set_context(smtp, dialog->auth);
}

static void
set_mail(struct dialog *dialog, smtp_session_t smtp)
{
	dialog->message = smtp_add_message(smtp);
	smtp_set_reverse_path(dialog->message, dialog->sender.address);
	smtp_set_messagecb(dialog->message, dialog_text, dialog);
	if (dialog_needs_utf8(dialog))
		smtp_size_set_estimate(dialog->message, 100);
	for (size_t i = 0; i < dialog->count; i++) {
		smtp_recipient_t recipient;

		if (voice_is_told(dialog->voice, i))
			continue;
		recipient = smtp_add_recipient(
		    dialog->message, dialog->recipients[i].address);
		smtp_recipient_set_application_data_release(
		    recipient, &dialog->recipients[i], NULL);
	}
}

/* The server was left before it told all: say why. */
static void
explain(struct dialog *dialog)
{
	const smtp_status_t *sender = smtp_reverse_path_status(dialog->message);
	int error = smtp_errno();
	char library[DELIVERY_TEXT] = "";
	char text[DELIVERY_TEXT];
	struct text why;

	if (sender != NULL && sender->code / 100 > 2) {
		voice_tell_all(dialog->voice, dialog_judge(sender->code), false,
		    dialog_reply(sender, text));
		return;
	}
	text_init(&why, dialog->why, sizeof(dialog->why));
	if (dialog->wants_tls_reply)
		tls_explain(&dialog->tls, "STARTTLS");
	if (dialog->tls.why[0] != '\0')
		text_add(&why, dialog->tls.why);
	else if (error != 0)
		text_add(&why, smtp_strerror(error, library, sizeof(library)));
	else
		text_add(&why, "the server ended the session");
	if (dialog->transcript.complaint[0] != '\0')
		text_printf(&why, " (%s)", dialog->transcript.complaint);
	voice_tell_all(dialog->voice, DELIVERY_RETRY,
	    sender == NULL || sender->code == 0, dialog->why);
}

static void
converse(struct dialog *dialog)
{
	smtp_session_t smtp = smtp_create_session();
	char server[32];

	dialog->transcript = (struct transcript){ .length = 0 };
	dialog->quiet_fd = -1;
	dialog->is_again = false;
	reach(dialog);
	if (smtp == NULL || decoy_open(&dialog->decoy, server) != 0)
		dialog_leave(dialog, strerror(errno));
	smtp_set_server(smtp, server);
	if (dialog->options->helo[0] != '\0')
		smtp_set_hostname(smtp, dialog->options->helo);
	smtp_set_eventcb(smtp, dialog_event, dialog);
	smtp_set_monitorcb(smtp, dialog_monitor, dialog, 0);
	set_security(dialog, smtp);
	set_mail(dialog, smtp);
	smtp_start_session(smtp);
	if (!dialog->is_again)
		explain(dialog);
	smtp_destroy_session(smtp);
	if (dialog->auth != NULL)
		auth_destroy_context(dialog->auth);
	dialog->auth = NULL;
	close(dialog->server_fd);
	tls_close(&dialog->tls);
}

void
session_run(struct voice *voice, const void *data)
{
	const struct session_order *order = data;
	struct dialog dialog = { .options = order->options, .voice = voice };

	read_mail(&dialog, order->mail);
	while (is_anybody_left(&dialog))
		converse(&dialog);
	for (size_t i = 0; i < dialog.count; i++)
		mailbox_clear(&dialog.recipients[i]);
	mailbox_clear(&dialog.sender);
	free(dialog.recipients);
	free(dialog.text);
}
