/*
 * framing.h -- is it clear where a request ends?
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_FRAMING_H
#define ADMIN_FRAMING_H

struct MHD_Connection;

/*
 * NULL, or what is wrong with the headers: a proxy in front might see another
 * end of the request, and another request behind it (RFC 9112, 6.3 and 11.2).
 * The connection is good for nothing more then.
 */
const char *framing_problem(struct MHD_Connection *);

#endif
