-- 005-http.sql -- overrides as administrators change them, and who did what.
-- SPDX-License-Identifier: GPL-3.0-or-later
-- compatible-from: 5

-- position: in the list of custom settings (GET /custom-settings); NULL: not
-- in it. revision: grows with each change, so that nobody overwrites what he
-- has not seen.
ALTER TABLE override ADD COLUMN position INTEGER;
ALTER TABLE override ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;

-- Who changed what, when. Each new row removes some that are over 400 days
-- old.
CREATE TABLE audit (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    actor    TEXT NOT NULL,         -- user or token; who ran the command
    origin   TEXT NOT NULL,         -- address of the client, or how else
    action   TEXT NOT NULL,         -- block, unblock, override.put, ...
    subject  TEXT NOT NULL,         -- the account; '' if it is about more
    detail   TEXT NOT NULL DEFAULT '{}'     -- JSON
) STRICT;
