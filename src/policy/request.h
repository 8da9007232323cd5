/*
 * request.h -- the attributes of one policy request. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * http://www.postfix.org/SMTPD_POLICY_README.html: lines of name=value, ended
 * by an empty line.
 */
#ifndef POLICY_REQUEST_H
#define POLICY_REQUEST_H

#include <stddef.h>

/* A request with its empty line may be this long. */
enum { REQUEST_MAX = 65536 };

/* Attribute values, "" when absent; they point into the bytes parsed. */
struct request {
	const char *request;
	const char *protocol_state;	/* RCPT, DATA, END-OF-MESSAGE, ... */
	const char *client_address;
	const char *sasl_username;
	const char *sender;
	const char *recipient;
	const char *recipient_count;
	const char *instance;		/* the same for all of one mail */
	const char *queue_id;
};

/*
 * Length of the first request in bytes, its empty line included; 0 if it is
 * not complete yet. Bytes before `seen` were looked at before.
 */
size_t request_length(const char *bytes, size_t length, size_t seen);

/*
 * Does the first line, once it is whole, show that no request will ever come:
 * HTTP, CRLF, TLS? NULL, or what it is instead. Such a client would wait for
 * an answer, and be waited for.
 */
const char *request_mistake(const char *bytes, size_t length);

/*
 * Take a request apart in place (length as request_length found it). Returns
 * NULL, or what is wrong with it; *at then is the offset of the bad line.
 * Unknown attributes are ignored; of one given twice the last counts.
 */
const char *request_parse(char *bytes, size_t length, struct request *,
    size_t *at);

#endif
