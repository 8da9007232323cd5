-- 004-report.sql -- turns.
-- SPDX-License-Identifier: GPL-3.0-or-later
-- compatible-from: 4

-- Whose turn it is to do what only one may do at a time. It is a row and no
-- advisory lock, which would be of no use behind a pooler that gives each
-- transaction another connection. A turn that nobody renews is over in time.
CREATE TABLE policyd.turn (
    name   text PRIMARY KEY,            -- clean, report
    owner  text NOT NULL,
    until  timestamptz NOT NULL
);
