/*
 * mail_server_check.c -- does the mail server answer, encrypt and let us in?
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/mail_server_check.h"

#include "base/mem.h"
#include "base/text.h"
#include "notify/curl_transfer.h"

#include <stdlib.h>
#include <string.h>

/* smtp://host:port/helo */
static int
set_url(struct transfer *transfer, CURLU *url,
    const struct smtp_options *options)
{
	bool is_wrapped = options->tls == SMTP_TLS_WRAPPED;
	bool is_bare_ipv6 =
	    strchr(options->host, ':') != NULL && options->host[0] != '[';
	char *name = mem_printf(is_bare_ipv6 ? "[%s]" : "%s", options->host);
	char *port = mem_printf("%u", options->port);
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
	transfer_set(transfer, CURLOPT_CURLU, url);
	return failed ? -1 : 0;
}

static void
set_security(struct transfer *transfer, const struct smtp_options *options)
{
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
}

int
mail_server_check(const struct smtp_options *options, char text[DELIVERY_TEXT])
{
	struct transfer transfer;
	struct text why;
	CURLU *url = curl_url();
	CURLcode code = CURLE_URL_MALFORMAT;

	text_init(&why, text, DELIVERY_TEXT);
	if (transfer_open(&transfer, "smtp,smtps",
		options->timeout_s * 1000) != 0 ||
	    set_url(&transfer, url, options) != 0) {
		text_add(&why, "smtp.host or smtp.helo is no name");
		goto done;
	}
	set_security(&transfer, options);
	transfer_set(&transfer, CURLOPT_PROXY, "");
	transfer_set(&transfer, CURLOPT_CUSTOMREQUEST, "NOOP");
	transfer_set(&transfer, CURLOPT_NOBODY, 1L);
	code = transfer_run(&transfer);
	if (code != CURLE_OK)
		text_add_line(&why, transfer.error, strlen(transfer.error));
done:
	transfer_close(&transfer);
	curl_url_cleanup(url);
	return code == CURLE_OK ? 0 : -1;
}
