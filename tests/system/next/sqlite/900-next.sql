-- 900-next.sql -- what a version to come might change.
-- SPDX-License-Identifier: GPL-3.0-or-later
-- compatible-from: 1
CREATE TABLE next_things (account TEXT PRIMARY KEY) STRICT;
CREATE INDEX next_login ON login (last_seen);
