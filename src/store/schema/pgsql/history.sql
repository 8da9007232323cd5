-- history.sql -- since when the store learns the history of accounts.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Since when the store learns the history of accounts, and now.
CREATE OR REPLACE FUNCTION policyd.history_since(p_now bigint) RETURNS TABLE (
    since bigint, now bigint
) LANGUAGE sql STABLE AS $$
    SELECT policyd.ms(coalesce(min(history_since), min(at))),
           policyd.ms(policyd.moment(p_now))
      FROM policyd.schema_version WHERE version >= 8
$$;

-- It has what another store had learned since then.
CREATE OR REPLACE FUNCTION policyd.history_learned(p_since bigint
) RETURNS void LANGUAGE sql AS $$
    UPDATE policyd.schema_version
       SET history_since = least(history_since, at, policyd.moment(p_since))
     WHERE version = 8
$$;
