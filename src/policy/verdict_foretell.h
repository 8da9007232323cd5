/*
 * verdict_foretell.h -- the verdict that a login would get; nothing is kept.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POLICY_VERDICT_FORETELL_H
#define POLICY_VERDICT_FORETELL_H

#include "policy/decide.h"
#include "store/detect.h"

struct would_be {
	enum outcome outcome;
	bool is_observed;		/* nobody is refused: mode observe */
	bool is_network_exempt;
	struct login login;
	struct attempt attempt;		/* is the place new, or young? */
	struct finding finding;		/* cause, found, limit, evidence */
};

/* Steps 3 to 10 for one login. Returns false if address is none. */
bool verdict_foretell(const struct desk *, const char *account,
    const struct account_record *, const char *address, struct would_be *);

#endif
