-- times.sql -- times as the program says them, milliseconds since 1970; networks.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- 0: never (NULL), or for ever (infinite). date_part is of double precision,
-- which is exact enough, and five times as fast as the numbers of extract.
CREATE OR REPLACE FUNCTION policyd.ms(at timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN isfinite(at)
                THEN (date_part('epoch', at) * 1000)::bigint ELSE 0 END
$$;

-- The server's own clock, unless the program says another time.
CREATE OR REPLACE FUNCTION policyd.moment(ms bigint) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN ms IS NULL THEN statement_timestamp()
                ELSE to_timestamp(ms / 1000.0) END
$$;

-- Of times that are there; as the statistics show them.
CREATE OR REPLACE FUNCTION policyd.milliseconds(at timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT (extract(epoch FROM at) * 1000)::bigint
$$;

-- A network as policyd.account has it among its places.
CREATE OR REPLACE FUNCTION policyd.place_name(network cidr) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN masklen(network) = CASE family(network) WHEN 4 THEN 32
                ELSE 128 END THEN host(network) ELSE network::text END
$$;
