/*
 * answer.h -- an exchange's answer, as it goes out.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_ANSWER_H
#define ADMIN_ANSWER_H

#include "admin/exchange.h"

#include <microhttpd.h>

/* Log the exchange and queue its answer, whose body is handed over; is_last:
 * the connection is closed behind it. MHD_NO: it cannot be sent, hang up. */
enum MHD_Result answer_send(struct exchange *, bool is_last, int64_t took_us);

#endif
