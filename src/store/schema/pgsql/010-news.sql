-- 010-news.sql -- the last changes, for servers that cannot LISTEN.
-- SPDX-License-Identifier: GPL-3.0-or-later
-- compatible-from: 8

-- What policyd.tell_servers told: the transaction, when it was told, what, and
-- of which account. Unlogged, so that it is empty after a crash and on a standby
-- that was promoted: then transactions have numbers again that were there
-- before, and what was lost nobody must take for what came. The row of
-- transaction 0 has a name by which that is noticed.
CREATE UNLOGGED TABLE policyd.news (
    xact     xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    what     text NOT NULL,
    account  text NOT NULL DEFAULT ''
);
CREATE INDEX news_xact ON policyd.news (xact);
CREATE UNIQUE INDEX news_name ON policyd.news (xact) WHERE xact = '0';
