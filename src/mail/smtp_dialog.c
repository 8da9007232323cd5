/*
 * smtp_dialog.c -- what libESMTP asks, tells and shows while it sends a mail.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail/smtp_dialog.h"

#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

/* More than a server says by itself after the handshake. */
enum { LOW_WATER = 16384 };

_Noreturn void
dialog_leave(struct dialog *dialog, const char *why)
{
	voice_tell_all(dialog->voice, DELIVERY_RETRY, true, why);
	_exit(EX_TEMPFAIL);
}

/* --- what a reply means ---------------------------------------------------- */

/*
 * A 5xx is for good, except those that ask for another login or for
 * encryption (RFC 4954, 6): an administrator can see to that.
 */
enum delivery
dialog_judge(int code)
{
	switch (code) {
	case 530:
	case 534:
	case 535:
	case 538:
		return DELIVERY_RETRY;
	default:
		break;
	}
	if (code / 100 == 2)
		return DELIVERY_DONE;
	return code / 100 == 5 ? DELIVERY_REFUSED : DELIVERY_RETRY;
}

/* "550 5.1.1 no such user"; its first line alone. */
const char *
dialog_reply(const smtp_status_t *status, char bytes[DELIVERY_TEXT])
{
	struct text text;

	text_init(&text, bytes, DELIVERY_TEXT);
	text_printf(&text, "%d ", status->code);
	if (status->enh_class != 0)
		text_printf(&text, "%d.%d.%d ", status->enh_class,
		    status->enh_subject, status->enh_detail);
	if (status->text != NULL)
		text_add_n(&text, status->text, strcspn(status->text, "\r\n"));
	return bytes;
}

static void
take_recipient(struct dialog *dialog, smtp_recipient_t recipient)
{
	const struct mailbox *mailbox =
	    smtp_recipient_get_application_data(recipient);
	const smtp_status_t *status = smtp_recipient_status(recipient);
	char text[DELIVERY_TEXT];

	if (status->code / 100 == 2)
		return; /* so far */
	voice_tell(dialog->voice, (size_t)(mailbox - dialog->recipients),
	    dialog_judge(status->code), dialog_reply(status, text));
}

/* The answer to the text, or a refusal of DATA. */
static void
take_message(struct dialog *dialog)
{
	const smtp_status_t *status =
	    smtp_message_transfer_status(dialog->message);
	char text[DELIVERY_TEXT];

	if (status->code == 0)
		return; /* the connection was lost */
	/* 250 to DATA says nothing: nobody has seen the text. */
	if (dialog->has_sent_text || status->code / 100 != 2)
		voice_tell_all(dialog->voice, dialog_judge(status->code), false,
		    dialog_reply(status, text));
}

/* --- what libESMTP asks and shows ------------------------------------------ */

const char *
dialog_text(void **context, int *length, void *data)
{
	struct dialog *dialog = data;

	(void)context;
	if (length == NULL) {
		dialog->is_read = false;
		return NULL;
	}
	if (!dialog->is_read) {
		dialog->is_read = true;
		*length = (int)dialog->length;
		return dialog->text;
	}
	/* The final dot is next. */
	voice_hand_over(dialog->voice);
	dialog->has_sent_text = true;
	*length = 0;
	return NULL;
}

/*
 * With TLS 1.3 a server sends tickets behind the handshake (RFC 8446, 4.6.1).
 * When these are there before EHLO is written, libESMTP waits for the answer
 * to what it has not sent: so until then few bytes are as good as none.
 */
static void
hush(struct dialog *dialog, SSL *ssl)
{
	char byte;

	dialog->quiet_fd = SSL_get_fd(ssl);
	setsockopt(dialog->quiet_fd, SOL_SOCKET, SO_RCVLOWAT, &(int){ LOW_WATER },
	    sizeof(int));
	(void)SSL_peek(ssl, &byte, 1);
}

void
dialog_event(smtp_session_t smtp, int event, void *data, ...)
{
	struct dialog *dialog = data;
	va_list arguments;

	(void)smtp;
	va_start(arguments, data);
	switch (event) {
	case SMTP_EV_CONNECT:
		if (decoy_replace(&dialog->decoy, dialog->server_fd) != 0)
			dialog_leave(dialog, strerror(errno));
		break;
	case SMTP_EV_RCPTSTATUS:
		(void)va_arg(arguments, const char *);
		take_recipient(dialog, va_arg(arguments, smtp_recipient_t));
		break;
	case SMTP_EV_MESSAGESENT:
		take_message(dialog);
		break;
	case SMTP_EV_EXTNA_STARTTLS:
		dialog_leave(dialog, "the server offers no STARTTLS, see smtp.tls");
	case SMTP_EV_WRONG_PEER_CERTIFICATE:
		/* Its name was compared by OpenSSL, which knows addresses. */
		*va_arg(arguments, int *) = 1;
		break;
	case SMTP_EV_STARTTLS_OK:
		hush(dialog, va_arg(arguments, SSL *));
		break;
	default:
		break;
	}
	va_end(arguments);
}

/* --- before MAIL FROM ------------------------------------------------------ */

static void
check_login(struct dialog *dialog)
{
	const struct transcript *seen = &dialog->transcript;
	struct text why;

	if (dialog->options->username[0] == '\0' || seen->is_logged_in)
		return;
	text_init(&why, dialog->why, sizeof(dialog->why));
	if (!seen->has_auth)
		text_add(&why, "smtp.username is set, but the server offers "
			       "no AUTH");
	else if (seen->complaint[0] != '\0')
		text_printf(
		    &why, "the server refuses the login: %s", seen->complaint);
	else
		text_add(&why, "the server offers none of AUTH CRAM-MD5, "
			       "PLAIN and LOGIN");
	dialog_leave(dialog, dialog->why);
}

/* Is there an address that needs SMTPUTF8 (RFC 6531)? */
bool
dialog_needs_utf8(const struct dialog *dialog)
{
	bool needs = !text_is_ascii(dialog->sender.address);

	for (size_t i = 0; i < dialog->count; i++)
		if (!voice_is_told(dialog->voice, i))
			needs |= !text_is_ascii(dialog->recipients[i].address);
	return needs;
}

/* Who cannot be told of is refused, and the others are tried without. */
static void
refuse_utf8(struct dialog *dialog)
{
	if (!text_is_ascii(dialog->sender.address))
		dialog_leave(dialog,
		    "the server takes no address like notify.from, "
		    "which needs SMTPUTF8");
	for (size_t i = 0; i < dialog->count; i++)
		if (!voice_is_told(dialog->voice, i) &&
		    !text_is_ascii(dialog->recipients[i].address))
			voice_tell(dialog->voice, i, DELIVERY_REFUSED,
			    "the server takes no such address, which needs "
			    "SMTPUTF8");
	dialog->is_again = true;
	shutdown(dialog->server_fd, SHUT_RDWR);
}

/* libESMTP knows no SMTPUTF8, but SIZE: that it was made to add is as long. */
static void
check_utf8(struct dialog *dialog, char *command, size_t length)
{
	static const char size[] = " SIZE=100\r\n", utf8[] = " SMTPUTF8\r\n";
	size_t end = sizeof(size) - 1;

	if (dialog->is_again || !dialog_needs_utf8(dialog))
		return;
	if (!dialog->transcript.has_smtputf8 || length < end ||
	    memcmp(command + length - end, size, end) != 0)
		refuse_utf8(dialog);
	else
		memcpy(command + length - end, utf8, end);
}

static void
on_sent(struct dialog *dialog, char *bytes, size_t length)
{
	if (dialog->quiet_fd >= 0)
		setsockopt(dialog->quiet_fd, SOL_SOCKET, SO_RCVLOWAT, &(int){ 1 },
		    sizeof(int));
	dialog->quiet_fd = -1;
	dialog->wants_tls_reply = transcript_is("STARTTLS", bytes, length);
	if (transcript_is("MAIL FROM:", bytes, length)) {
		check_login(dialog);
		check_utf8(dialog, bytes, length);
	}
	transcript_sent(&dialog->transcript, bytes, length);
}

void
dialog_monitor(const char *bytes, int length, int writing, void *data)
{
	struct dialog *dialog = data;
	union {
		const char *given;
		char *own;
	} buffer = { .given = bytes };

	if (writing == SMTP_CB_WRITING) {
		on_sent(dialog, buffer.own, (size_t)length);
		return;
	}
	transcript_received(&dialog->transcript, bytes, (size_t)length);
	/* What comes with the answer in plain text would be taken for what
	 * is said under TLS. */
	if (dialog->wants_tls_reply && transcript_is_more(&dialog->transcript))
		dialog_leave(dialog, "the server said more than its answer to "
				 "STARTTLS: somebody may be in between");
}
