/*
 * curl_transfer.h -- a libcurl handle, set up as all our transfers need it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NOTIFY_CURL_TRANSFER_H
#define NOTIFY_CURL_TRANSFER_H

#include <curl/curl.h>

#include <stdint.h>

struct transfer {
	CURL *curl;
	int failed;		/* not 0 once transfer_set failed */
	char error[CURL_ERROR_SIZE];
};

/*
 * A handle for one transfer in one of `protocols` ("smtp,smtps"), that takes
 * timeout_ms at most, name lookup and TLS included; certificates and host names
 * are verified, TLS is 1.2 or later, no signal and no connection is left
 * behind. Return 0, or -1 if there is no memory. transfer_close ends it.
 */
int transfer_open(struct transfer *, const char *protocols,
    uint32_t timeout_ms);
void transfer_close(struct transfer *);

/* curl_easy_setopt, with its failure kept: transfer_run then does not run. */
#define transfer_set(transfer, option, value)                                  \
	((transfer)->failed |=                                                 \
	    (int)curl_easy_setopt((transfer)->curl, (option), (value)))

/* curl_easy_perform; what went wrong is in error then. */
CURLcode transfer_run(struct transfer *);

#endif
