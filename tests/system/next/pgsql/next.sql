-- next.sql -- functions or views that a version to come might have.
-- SPDX-License-Identifier: GPL-3.0-or-later
CREATE OR REPLACE FUNCTION policyd.next_thing() RETURNS integer
LANGUAGE sql AS $$ SELECT 900 $$;
