-- times.sql -- times as the program says them: milliseconds since 1970.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- 0: never (NULL), or for ever (infinite).
CREATE OR REPLACE FUNCTION policyd.ms(at timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN isfinite(at) THEN (extract(epoch FROM at) * 1000)::bigint
                ELSE 0 END
$$;

-- The server's own clock, unless the program says another time.
CREATE OR REPLACE FUNCTION policyd.moment(ms bigint) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN ms IS NULL THEN statement_timestamp()
                ELSE to_timestamp(ms / 1000.0) END
$$;
