-- next.sql -- functions or views that a version to come might have.
-- SPDX-License-Identifier: GPL-3.0-or-later
DROP VIEW IF EXISTS next_thing;
CREATE VIEW next_thing AS SELECT 900 AS next_thing;
