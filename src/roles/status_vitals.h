/*
 * status_vitals.h -- what the housekeeper tells of the server in server.status.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ROLES_STATUS_VITALS_H
#define ROLES_STATUS_VITALS_H

#include "base/text.h"
#include "server/process_seat.h"
#include "server/status_file.h"

struct vitals {
	const struct load *load;
	int64_t write_ms;	/* when it is due */
	int error;	/* why it cannot be written, as it was logged */
};

void vitals_start(struct vitals *, const struct load *);

/* Write the file, if it is time. */
void vitals_tell(struct vitals *, bool is_schema_ready);

/* Add to the line of systemd's status: the mode, and whether the store is
 * there. */
void vitals_describe(const struct load *, struct text *);

#endif
