-- audit.sql -- who changed what, in all shards.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The functions of ../pgsql/audit.sql.

CREATE OR REPLACE FUNCTION policyd.audit_add(p_subject text, p_now bigint,
    p_actor text, p_origin text, p_action text, p_detail jsonb
) RETURNS void LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(hashtext(p_subject)); RUN ON hashtext(p_subject);
$$;

CREATE OR REPLACE FUNCTION policyd.audit_list(p_before bigint, p_most bigint
) RETURNS TABLE (
    id bigint, at bigint, actor text, origin text, action text, subject text,
    detail jsonb
) LANGUAGE sql AS $$
    SELECT * FROM policyd_shards.audit_list(p_before, p_most) c
     ORDER BY c.id DESC LIMIT p_most
$$;

-- What is asked of all shards.
SELECT policyd.ask_all('audit_list');
