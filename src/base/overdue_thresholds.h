/*
 * overdue_thresholds.h -- when somebody should look: --status, the page, and
 * etc/prometheus-rules.yaml say so at the same time.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BASE_OVERDUE_THRESHOLDS_H
#define BASE_OVERDUE_THRESHOLDS_H

enum {
	/* New GeoIP files come at least once a month. */
	OVERDUE_GEOIP_S = 45 * 86400,
	/* What waits longer in the outbox is not delivered by itself. */
	OVERDUE_OUTBOX_S = 3600,
	/* A host tells of itself once a minute. */
	OVERDUE_HOST_S = 300,
	/* One that was switched off on purpose is forgotten. */
	OVERDUE_NO_MORE_S = 86400,
};

#endif
