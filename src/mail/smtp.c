/*
 * smtp.c -- deliver a message to the configured mail server (SMTP).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * By libcurl, which is the one library that does plain SMTP, STARTTLS and TLS
 * from the first byte under one deadline. libEsmtp was tried: it has no TLS
 * from the first byte, its STARTTLS stalls with TLS 1.3, and its time-outs are
 * per read, so that a server which sends a byte now and then holds it for ever
 * unless it runs in a process of its own that can be killed.
 */
#include "mail/smtp.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "mail/dialog.h"
#include "mail/mailbox.h"
#include "mail/transfer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	/* The server has the mail, or not; its good-bye is not worth more. */
	QUIT_MS = 1000,
};

struct session {
	const struct smtp_options *options;
	struct transfer transfer;
	struct dialog dialog;
	struct curl_slist *recipients;
	char *text;		/* the message with CRLF */
	size_t length, sent;
	int64_t deadline_ms;	/* for what CURLOPT_TIMEOUT_MS does not bound */
	bool is_password_kept;	/* not told to whom it would go */
};

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

static size_t
on_read(char *buffer, size_t size, size_t count, void *data)
{
	struct session *session = data;
	size_t length = session->length - session->sent;

	if (length > size * count)
		length = size * count;
	memcpy(buffer, session->text + session->sent, length);
	session->sent += length;
	return length;
}

static int
on_debug(CURL *curl, curl_infotype type, char *bytes, size_t length,
    void *data)
{
	struct session *session = data;

	(void)curl;
	if (type == CURLINFO_HEADER_IN)
		dialog_received(&session->dialog, bytes, length);
	if (type != CURLINFO_HEADER_OUT)
		return 0;
	dialog_sent(&session->dialog, bytes, length);
	if (session->dialog.step == DIALOG_QUIT)
		session->deadline_ms = clock_mono_ms() + QUIT_MS;
	return 0;
}

/* libcurl's own time-out does not bound its wait for the answer to QUIT. */
static int
on_progress(void *data, curl_off_t down, curl_off_t downed, curl_off_t up,
    curl_off_t upped)
{
	const struct session *session = data;

	(void)down, (void)downed, (void)up, (void)upped;
	return clock_mono_ms() > session->deadline_ms;
}

static bool
is_loopback(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, address, sizeof(in));
		return ntohl(in.sin_addr.s_addr) >> 24 == 127;
	}
	if (address->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, address, sizeof(in6));
		return IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr);
	}
	return false;
}

/* Looked at here, where the name has become the address that is used. */
static curl_socket_t
on_socket(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct session *session = data;

	(void)purpose;
	if (session->options->username[0] != '\0' &&
	    session->options->tls == SMTP_TLS_NONE &&
	    !is_loopback(&address->addr)) {
		session->is_password_kept = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype, address->protocol);
}

/* smtp://host:port/helo */
static int
set_url(struct session *session, CURLU *url)
{
	const struct smtp_options *options = session->options;
	bool is_wrapped = options->tls == SMTP_TLS_WRAPPED;
	const char *host = options->host;
	bool is_bare_ipv6 = strchr(host, ':') != NULL && host[0] != '[';
	char *name = mem_printf(is_bare_ipv6 ? "[%s]" : "%s", host);
	char *port = mem_printf("%u", (unsigned)options->port);
	char *helo = mem_printf("/%s", options->helo);
	int failed;

	failed = curl_url_set(url, CURLUPART_SCHEME,
		     is_wrapped ? "smtps" : "smtp", 0) != CURLUE_OK ||
	    curl_url_set(url, CURLUPART_HOST, name, 0) != CURLUE_OK ||
	    curl_url_set(url, CURLUPART_PORT, port, 0) != CURLUE_OK ||
	    curl_url_set(url, CURLUPART_PATH, helo, CURLU_URLENCODE) !=
		CURLUE_OK;
	free(name);
	free(port);
	free(helo);
	transfer_set(&session->transfer, CURLOPT_CURLU, url);
	return failed ? -1 : 0;
}

static void
set_security(struct session *session)
{
	const struct smtp_options *options = session->options;
	struct transfer *transfer = &session->transfer;

	if (options->tls != SMTP_TLS_NONE)
		transfer_set(transfer, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
	if (options->ca_file[0] != '\0') {
		transfer_set(transfer, CURLOPT_CAINFO, options->ca_file);
		transfer_set(transfer, CURLOPT_CAPATH, NULL);
	}
	if (options->username[0] == '\0')
		return;
	transfer_set(transfer, CURLOPT_USERNAME, options->username);
	transfer_set(transfer, CURLOPT_PASSWORD,
	    options->password != NULL ? options->password : "");
	transfer_set(transfer, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN");
}

static void
set_mail(struct session *session, const char *from)
{
	struct transfer *transfer = &session->transfer;

	transfer_set(transfer, CURLOPT_MAIL_FROM, from);
	transfer_set(transfer, CURLOPT_MAIL_RCPT, session->recipients);
	/* One who is refused must not keep it from the others. */
	transfer_set(transfer, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
	transfer_set(transfer, CURLOPT_UPLOAD, 1L);
	transfer_set(transfer, CURLOPT_INFILESIZE_LARGE,
	    (curl_off_t)session->length);
	transfer_set(transfer, CURLOPT_READFUNCTION, on_read);
	transfer_set(transfer, CURLOPT_READDATA, session);
	transfer_set(transfer, CURLOPT_PROXY, "");
	transfer_set(transfer, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	transfer_set(transfer, CURLOPT_OPENSOCKETDATA, session);
	transfer_set(transfer, CURLOPT_VERBOSE, 1L);
	transfer_set(transfer, CURLOPT_DEBUGFUNCTION, on_debug);
	transfer_set(transfer, CURLOPT_DEBUGDATA, session);
	transfer_set(transfer, CURLOPT_NOPROGRESS, 0L);
	transfer_set(transfer, CURLOPT_XFERINFOFUNCTION, on_progress);
	transfer_set(transfer, CURLOPT_XFERINFODATA, session);
}

/* Talk to the server; what came of it is in session->dialog. */
static void
run(struct session *session, const char *from, char *text, size_t size)
{
	uint32_t timeout_ms = session->options->timeout_s * 1000;
	struct transfer *transfer = &session->transfer;
	const struct reply *last = &session->dialog.session;
	struct text why;
	CURLU *url = curl_url();
	CURLcode code;

	text_init(&why, text, size);
	if (transfer_open(transfer, "smtp,smtps", timeout_ms) != 0 ||
	    set_url(session, url) != 0) {
		text_add(&why, "smtp.host or smtp.helo is no name");
		goto done;
	}
	set_security(session);
	set_mail(session, from);
	session->deadline_ms = clock_mono_ms() + timeout_ms + QUIT_MS;
	code = transfer_run(transfer);
	if (session->is_password_kept)
		text_add(&why, "a password is sent over TLS or to this host "
			       "only, set smtp.tls");
	else if (code != CURLE_OK)
		text_add_line(&why, transfer->error, strlen(transfer->error));
	if (code != CURLE_OK && last->code >= 400)
		text_printf(&why, " (%s)", last->text);
done:
	transfer_close(transfer);
	curl_url_cleanup(url);
}

static void
copy(char to[DELIVERY_TEXT], const char *from)
{
	struct text text;

	text_init(&text, to, DELIVERY_TEXT);
	text_add(&text, from);
}

/* Add the address of a mailbox to the envelope; false if it has none. */
static bool
add_recipient(struct session *session, const char *text)
{
	struct curl_slist *longer = NULL;
	struct mailbox mailbox;

	if (mailbox_parse(text, &mailbox) != 0)
		return false;
	longer = curl_slist_append(session->recipients, mailbox.address);
	if (longer != NULL)
		session->recipients = longer;
	mailbox_clear(&mailbox);
	return longer != NULL;
}

/* Tell each recipient's lot; asked[i] is not set where there is no address. */
static enum delivery
judge(const struct session *session, const bool *asked, const char *error,
    struct mail_report *report)
{
	size_t done = 0, retry = 0, k = 0;

	for (size_t i = 0; i < report->count; i++) {
		struct mail_recipient *recipient = &report->recipients[i];
		const struct reply *why = NULL;

		if (!asked[i]) {
			recipient->result = DELIVERY_REFUSED;
			copy(recipient->text, "this is no mail address");
			continue;
		}
		recipient->result = dialog_result(&session->dialog, k++, &why);
		done += recipient->result == DELIVERY_DONE;
		retry += recipient->result == DELIVERY_RETRY;
		if (recipient->result != DELIVERY_DONE)
			copy(recipient->text,
			    why != NULL && why->code / 100 != 2 ? why->text :
								  error);
	}
	if (done == report->count && done > 0)
		return DELIVERY_DONE;
	if (done > 0)
		return DELIVERY_PARTLY;
	return retry > 0 ? DELIVERY_RETRY : DELIVERY_REFUSED;
}

/* One line for the log: the server's thanks, or what the first one who did
 * not get it was told. */
static void
summarise(const struct session *session, struct mail_report *report)
{
	copy(report->text, session->dialog.text.text);
	for (size_t i = 0; i < report->count; i++) {
		if (report->recipients[i].result == DELIVERY_DONE)
			continue;
		copy(report->text, report->recipients[i].text);
		return;
	}
}

enum delivery
mail_send(const struct smtp_options *options, const char *from,
    const struct strings *to, const char *message, struct mail_report *report)
{
	struct session session = { .options = options };
	bool *asked = mem_new(to->count, sizeof(*asked));
	char error[DELIVERY_TEXT] = "no recipient";
	struct mailbox sender = { NULL, NULL };
	enum delivery result;
	size_t count = 0;

	report->count = to->count;
	report->recipients = mem_new(to->count, sizeof(*report->recipients));
	for (size_t i = 0; i < to->count; i++)
		count += asked[i] = add_recipient(&session, to->list[i]);
	dialog_init(&session.dialog, count);
	session.text = normalise(message, &session.length);
	if (mailbox_parse(from, &sender) != 0)
		copy(error, "the sender is no mail address, see notify.from");
	else if (count > 0)
		run(&session, sender.address, error, sizeof(error));
	result = judge(&session, asked, error, report);
	if (report->count == 0)
		copy(report->text, error);
	else
		summarise(&session, report);
	mailbox_clear(&sender);
	dialog_clear(&session.dialog);
	curl_slist_free_all(session.recipients);
	free(session.text);
	free(asked);
	return result;
}

void
mail_report_clear(struct mail_report *report)
{
	free(report->recipients);
	report->recipients = NULL;
	report->count = 0;
}
