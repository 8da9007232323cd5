-- 900-next.sql -- what a version to come might change.
-- SPDX-License-Identifier: GPL-3.0-or-later
-- compatible-from: 1
ALTER TABLE policyd.account ADD COLUMN next_thing integer NOT NULL DEFAULT 0;
ALTER TABLE policyd.login ADD COLUMN next_thing integer;
