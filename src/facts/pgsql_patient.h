/*
 * pgsql_patient.h -- a statement that may take longer than a request.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FACTS_PGSQL_PATIENT_H
#define FACTS_PGSQL_PATIENT_H

#include "facts/pgsql.h"

/*
 * As pgsql_query, for statements that read much: the server's own time-out,
 * which is made for requests, is the deadline here.
 */
PGresult *pgsql_patient(struct pgsql *, const char *sql, int count,
    const char *const *values, int64_t deadline_ms);

#endif
