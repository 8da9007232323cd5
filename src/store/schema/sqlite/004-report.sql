-- 004-report.sql -- turns.
-- SPDX-License-Identifier: GPL-3.0-or-later
-- compatible-from: 4

-- Whose turn it is to do what only one may do at a time. A turn that nobody
-- renews is over in time.
CREATE TABLE turn (
    name   TEXT PRIMARY KEY,            -- clean, report
    owner  TEXT NOT NULL,
    until  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
