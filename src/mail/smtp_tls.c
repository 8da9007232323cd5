/*
 * smtp_tls.c -- TLS to the mail server: which versions, and whose certificates.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail/smtp_tls.h"

#include "base/text.h"
#include "mail/smtp_dial.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <stdlib.h>
#include <string.h>

/* Keep what is wrong: the error of the handshake does not tell. */
static int
on_verify(int is_good, X509_STORE_CTX *chain)
{
	const SSL *ssl = X509_STORE_CTX_get_ex_data(
	    chain, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	X509_VERIFY_PARAM *wanted = X509_STORE_CTX_get0_param(chain);
	const char *name = X509_VERIFY_PARAM_get0_host(wanted, 0);
	char *address = X509_VERIFY_PARAM_get1_ip_asc(wanted);
	struct text why;

	if (!is_good) {
		text_init(&why, tls->why, sizeof(tls->why));
		text_printf(&why,
		    "the server's certificate is not good for "
		    "%s: %s",
		    name != NULL      ? name
		    : address != NULL ? address
				      : "",
		    X509_verify_cert_error_string(
			X509_STORE_CTX_get_error(chain)));
	}
	OPENSSL_free(address);
	return is_good;
}

static bool
want_host(SSL_CTX *context, const char *host)
{
	X509_VERIFY_PARAM *wanted = SSL_CTX_get0_param(context);
	char *name = dial_host(host);
	bool is_wanted = name != NULL &&
			 (X509_VERIFY_PARAM_set1_ip_asc(wanted, name) == 1 ||
			     X509_VERIFY_PARAM_set1_host(wanted, name, 0) == 1);

	free(name);
	return is_wanted;
}

static bool
trust(SSL_CTX *context, const char *ca_file)
{
	if (ca_file[0] != '\0')
		return SSL_CTX_load_verify_file(context, ca_file) == 1;
	return SSL_CTX_set_default_verify_paths(context) == 1;
}

void
tls_explain(struct tls *tls, const char *what)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());
	struct text why;

	if (tls->why[0] != '\0')
		return;
	text_init(&why, tls->why, sizeof(tls->why));
	text_printf(&why, "%s: %s", what,
	    reason != NULL ? reason : "the connection was lost");
}

int
tls_open(struct tls *tls, const struct smtp_options *options)
{
	memset(tls, 0, sizeof(*tls));
	tls->context = SSL_CTX_new(TLS_client_method());
	if (tls->context == NULL) {
		tls_explain(tls, "TLS");
		return -1;
	}
	SSL_CTX_set_app_data(tls->context, tls);
	SSL_CTX_set_min_proto_version(tls->context, TLS1_2_VERSION);
	SSL_CTX_set_verify(tls->context, SSL_VERIFY_PEER, on_verify);
	if (!want_host(tls->context, options->host))
		tls_explain(tls, "smtp.host");
	else if (!trust(tls->context, options->ca_file))
		tls_explain(tls, options->ca_file[0] != '\0'
				     ? "smtp.ca_file"
				     : "the system's authorities");
	return tls->why[0] != '\0' ? -1 : 0;
}

void
tls_close(struct tls *tls)
{
	SSL_CTX_free(tls->context);
	tls->context = NULL;
}

SSL *
tls_connect(struct tls *tls, const struct smtp_options *options, int fd)
{
	SSL *ssl = SSL_new(tls->context);
	char *name = dial_host(options->host);

	if (ssl == NULL || SSL_set_fd(ssl, fd) != 1 ||
	    SSL_set_tlsext_host_name(ssl, name) != 1 || SSL_connect(ssl) != 1) {
		tls_explain(tls, "TLS");
		SSL_free(ssl);
		ssl = NULL;
	}
	free(name);
	return ssl;
}
