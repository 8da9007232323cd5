-- pgsql.sql -- the statements of PostgreSQL, beside those of sqlite.sql.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Both files have the same names with the same parameters; what they are is
-- said there. Here each is a call of a function of ../schema/pgsql/, so that a
-- proxy may answer it in the place of a database: see ../schema/proxy/.

-- name: clock
SELECT policyd.ms(policyd.moment($1));

-- name: history_since
SELECT * FROM policyd.history_since($1);

-- name: history_learned
SELECT policyd.history_learned($1);

-- name: blocks_held
SELECT * FROM policyd.blocks_held($1, $2, $3);

-- name: blocks_over
SELECT * FROM policyd.blocks_over($1, $2);

-- name: block_last
SELECT * FROM policyd.block_last($1);

-- name: logins_newest
SELECT * FROM policyd.logins_newest($1, $2);

-- name: logins_in_all
SELECT policyd.logins_in_all($1);

-- name: totals
SELECT * FROM policyd.totals($1);

-- name: audit_add
SELECT policyd.audit_add($1, $2, $3, $4, $5, $6);

-- name: audit_forget
-- audit_add has done it.
SELECT $1::bigint;

-- name: audit_list
SELECT * FROM policyd.audit_list($1, $2);

-- name: outbox_add
SELECT policyd.outbox_add($1, $2, $3, $4, $5, $6, $7);

-- name: outbox_is_due
SELECT * FROM policyd.outbox_is_due($1, $2);

-- name: outbox_due
SELECT * FROM policyd.outbox_due($1, $2, $3);

-- name: outbox_lease
SELECT * FROM policyd.outbox_lease($1, $2, $3);

-- name: outbox_end
SELECT policyd.outbox_end($1, $2, $3);

-- name: outbox_delay
SELECT policyd.outbox_delay($1, $2, $3, $4, $5, $6);

-- name: turn_take
SELECT * FROM policyd.turn_take($1, $2, $3, $4);

-- name: turn_leave
SELECT policyd.turn_leave($1, $2);

-- name: hits
SELECT * FROM policyd.hits($1);

-- name: hits_reported
SELECT policyd.hits_reported($1);

-- name: hits_forget
SELECT policyd.hits_forget();

-- name: past_end
SELECT * FROM policyd.past_end($1, $2);

-- name: past_logins
SELECT * FROM policyd.past_logins($1, $2);

-- name: overrides_among
SELECT * FROM policyd.overrides_among($1);

-- name: override_find
SELECT * FROM policyd.override_find($1);

-- name: overrides_after
SELECT * FROM policyd.overrides_after($1, $2);

-- name: overrides_listed
SELECT * FROM policyd.overrides_listed($1);

-- name: override_put
SELECT * FROM policyd.override_put($1, $2, $3, $4, $5, $6, $7, $8);

-- name: override_delete
SELECT * FROM policyd.override_delete($1, $2, $3);

-- name: overrides_lock
SELECT policyd.overrides_lock();

-- name: overrides_revision
SELECT overrides FROM policyd.load(ARRAY[''], ARRAY[''], NULL);

-- name: listed_delete
SELECT policyd.listed_delete($1);

-- name: listed_changed
SELECT policyd.listed_changed($1);

-- name: listed_count
SELECT policyd.listed_count();

-- name: listed_put
SELECT policyd.listed_put($1, $2, $3);

-- name: save_accounts
SELECT * FROM policyd.save_accounts($1, $2);

-- name: save_histories
SELECT * FROM policyd.save_histories($1, $2);

-- name: save_blocks
SELECT * FROM policyd.save_blocks($1, $2);

-- name: save_logins
SELECT * FROM policyd.save_logins($1, $2, $3);

-- name: decisions_add
SELECT policyd.decisions_add($1, $2, $3);

-- name: decisions_forget
SELECT policyd.decisions_forget($1);

-- name: decisions_of
SELECT * FROM policyd.decisions_of($1, $2, $3, $4);

-- name: host_seen
SELECT policyd.host_seen($1, $2, $3, $4);

-- name: hosts_forget
SELECT policyd.hosts_forget($1);

-- name: hosts_all
SELECT * FROM policyd.hosts_all($1);

-- name: load_accounts
SELECT policyd.load_accounts($1);

-- name: load_blocks
-- load_accounts has done it.
SELECT $1;

-- name: load_held
-- load_accounts has done it.
SELECT $1;

-- name: load_logins
SELECT policyd.load_logins($1);

-- name: load_recount
-- load_logins has done it.
SELECT $1;

-- name: memory_for
-- milliseconds
SELECT policyd.memory_for($1);

-- name: blocks_found
SELECT * FROM policyd.blocks_found($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: blocks_counted
SELECT * FROM policyd.blocks_counted($1, $2, $3, $4, $5, $6);

-- name: blocks_by_cause
SELECT * FROM policyd.blocks_by_cause($1);

-- name: blocks_by_country
SELECT * FROM policyd.blocks_by_country($1);

-- name: countries_seen
SELECT * FROM policyd.countries_seen($1, $2);

-- name: countries_blocked
SELECT * FROM policyd.countries_blocked($1, $2);

-- name: country_accounts
SELECT * FROM policyd.country_accounts($1, $2, $3, $4);

-- name: country_blocks
SELECT * FROM policyd.country_blocks($1, $2, $3, $4);

-- name: overrides_found
SELECT * FROM policyd.overrides_found($1, $2, $3);

-- name: audit_found
SELECT * FROM policyd.audit_found($1, $2, $3);

-- name: mode_take
SELECT policyd.mode_take($1, $2, $3, $4);

-- name: mode_clamp
SELECT policyd.mode_clamp($1);

-- name: mode_since
SELECT * FROM policyd.mode_since($1);

-- name: would_put
SELECT policyd.would_put($1::jsonb, $2);

-- name: would_forget
SELECT policyd.would_forget($1);

-- name: would_clear
SELECT policyd.would_clear($1);

-- name: would_held
SELECT * FROM policyd.would_held($1, $2, $3);

-- name: would_count
SELECT policyd.would_count($1);

-- name: attempts_put
SELECT policyd.attempts_put($1::jsonb, $2);

-- name: attempts_trim
SELECT policyd.attempts_trim($1::jsonb, $2);

-- name: attempts_forget
SELECT policyd.attempts_forget($1, $2, $3);

-- name: attempts_of
SELECT * FROM policyd.attempts_of($1, $2);

-- name: past_attempts
SELECT * FROM policyd.past_attempts($1, $2);

-- name: forget_account
SELECT policyd.forget($1, 'account');

-- name: forget_logins
SELECT policyd.forget($1, 'logins');

-- name: forget_news
SELECT policyd.forget($1, 'news');

-- name: forget_told
SELECT policyd.forget($1, 'told');

-- name: forget_block
SELECT policyd.forget($1, 'block');

-- name: forget_hits
SELECT policyd.forget($1, 'hits');

-- name: forget_would
SELECT policyd.forget($1, 'would');

-- name: forget_attempts
SELECT policyd.forget($1, 'attempts');

-- name: forget_outbox
SELECT policyd.forget($1, 'outbox');

-- name: forget_details
SELECT policyd.forget($1, 'details');
