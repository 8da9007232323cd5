/*
 * curl_transfer.c -- a libcurl handle, set up as all our transfers need it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/curl_transfer.h"

#include <string.h>

int
transfer_open(struct transfer *transfer, const char *protocols,
    uint32_t timeout_ms)
{
	memset(transfer, 0, sizeof(*transfer));
	transfer->curl = curl_easy_init();
	if (transfer->curl == NULL)
		return -1;
	transfer_set(transfer, CURLOPT_PROTOCOLS_STR, protocols);
	transfer_set(transfer, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
	transfer_set(transfer, CURLOPT_CONNECTTIMEOUT_MS, (long)timeout_ms);
	transfer_set(transfer, CURLOPT_NOSIGNAL, 1L);
	/* At a time-out do not wait for a name lookup that hangs. */
	transfer_set(transfer, CURLOPT_QUICK_EXIT, 1L);
	/* Close within the transfer, where time is limited, not after it. */
	transfer_set(transfer, CURLOPT_FORBID_REUSE, 1L);
	transfer_set(transfer, CURLOPT_FOLLOWLOCATION, 0L);
	transfer_set(transfer, CURLOPT_SSL_VERIFYPEER, 1L);
	transfer_set(transfer, CURLOPT_SSL_VERIFYHOST, 2L);
	transfer_set(transfer, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	transfer_set(transfer, CURLOPT_ERRORBUFFER, transfer->error);
	return 0;
}

void
transfer_close(struct transfer *transfer)
{
	curl_easy_cleanup(transfer->curl);
	transfer->curl = NULL;
}

CURLcode
transfer_run(struct transfer *transfer)
{
	CURLcode code = CURLE_FAILED_INIT;

	/* Without one option a connection might be less safe than it looks. */
	if (transfer->failed == 0)
		code = curl_easy_perform(transfer->curl);
	if (code != CURLE_OK && transfer->error[0] == '\0')
		strncat(transfer->error, curl_easy_strerror(code),
		    sizeof(transfer->error) - 1);
	return code;
}
