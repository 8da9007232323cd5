/*
 * auth_guard.h -- may whoever calls do what he wants?
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Wrong credentials are logged, answered after a second, and counted by
 * source (see client_subnet.h): one that was wrong too often is refused at
 * once, unless its credentials need no check or are known to be right.
 */
#ifndef ADMIN_AUTH_GUARD_H
#define ADMIN_AUTH_GUARD_H

#include "admin/http_call.h"

/* Settle who it is and whether he may; else answer. The call may be held
 * after that. */
void guard_authenticate(struct calls *, struct call *);

/* The password of a call that was held is checked. */
void guard_verified(struct calls *, struct call *, bool is_right);

#endif
