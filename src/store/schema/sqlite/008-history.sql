-- 008-history.sql -- what was, for those who look: decisions in buckets of time.
-- SPDX-License-Identifier: GPL-3.0-or-later
-- compatible-from: 8

-- Requests by verdict, in buckets of a minute, an hour and a day (span: seconds)
-- of each host; us: the microseconds they took in all; took_1ms and the like:
-- how many took up to so long, and longer than the one before it. The writer
-- deletes minutes after 25 hours, hours after 31 days and days after 400.
CREATE TABLE decisions (
    span           INTEGER NOT NULL,
    began          INTEGER NOT NULL,
    host           TEXT NOT NULL,
    passed         INTEGER NOT NULL DEFAULT 0,
    exempt         INTEGER NOT NULL DEFAULT 0,
    blocked        INTEGER NOT NULL DEFAULT 0,
    over_limit     INTEGER NOT NULL DEFAULT 0,
    over_rate      INTEGER NOT NULL DEFAULT 0,
    deferred       INTEGER NOT NULL DEFAULT 0,
    errors         INTEGER NOT NULL DEFAULT 0,
    us             INTEGER NOT NULL DEFAULT 0,
    took_250us     INTEGER NOT NULL DEFAULT 0,
    took_500us     INTEGER NOT NULL DEFAULT 0,
    took_1ms       INTEGER NOT NULL DEFAULT 0,
    took_2500us    INTEGER NOT NULL DEFAULT 0,
    took_5ms       INTEGER NOT NULL DEFAULT 0,
    took_10ms      INTEGER NOT NULL DEFAULT 0,
    took_25ms      INTEGER NOT NULL DEFAULT 0,
    took_100ms     INTEGER NOT NULL DEFAULT 0,
    took_500ms     INTEGER NOT NULL DEFAULT 0,
    took_1s        INTEGER NOT NULL DEFAULT 0,
    took_2500ms    INTEGER NOT NULL DEFAULT 0,
    took_longer    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (span, began, host)
) STRICT, WITHOUT ROWID;

-- The hosts that use the store, with what they told last; state: JSON. One that
-- was not seen for 30 days goes.
CREATE TABLE host (
    host     TEXT PRIMARY KEY,
    version  TEXT NOT NULL,         -- of the program
    seen     INTEGER NOT NULL,
    state    TEXT NOT NULL DEFAULT '{}'
) STRICT, WITHOUT ROWID;

-- What is known of how an account is used, see store/history.h: its days,
-- places, peaks. history_since, of the last row: since when the store learns.
ALTER TABLE account ADD COLUMN history BLOB;
ALTER TABLE schema_version ADD COLUMN history_since INTEGER;

-- Networks of the window that `places` has no room for, counted by country and
-- autonomous system; see store/older_places.h.
ALTER TABLE account ADD COLUMN older TEXT NOT NULL DEFAULT '';

-- The last changes of blocks and overrides, for servers that have them in
-- memory: kind is block, unblock or overrides, until as in block. Who missed
-- one that is gone knows it by the numbers.
CREATE TABLE news (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     TEXT NOT NULL,
    account  TEXT NOT NULL DEFAULT '',
    until    INTEGER NOT NULL DEFAULT 0
) STRICT;
-- memory: for so many milliseconds servers may let logins pass that they
-- remember.
CREATE TABLE revision (
    of        TEXT PRIMARY KEY,
    revision  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO revision VALUES ('memory', 0);
CREATE TRIGGER news_kept AFTER INSERT ON news WHEN NEW.id % 100 = 0
BEGIN
    DELETE FROM news WHERE id < NEW.id - 1000;
END;

CREATE TRIGGER block_begun AFTER INSERT ON block WHEN NEW.ended_at IS NULL
BEGIN
    INSERT INTO news (kind, account, until)
    VALUES ('block', NEW.account, NEW.until);
END;
CREATE TRIGGER block_changed AFTER UPDATE OF began_at, until, ended_at ON block
BEGIN
    INSERT INTO news (kind, account, until)
    VALUES (CASE WHEN NEW.ended_at IS NULL THEN 'block' ELSE 'unblock' END,
            NEW.account, NEW.until);
END;
CREATE TRIGGER override_made AFTER INSERT ON override
BEGIN
    INSERT INTO news (kind) VALUES ('overrides');
END;
CREATE TRIGGER override_changed AFTER UPDATE ON override
BEGIN
    INSERT INTO news (kind) VALUES ('overrides');
END;
CREATE TRIGGER override_gone AFTER DELETE ON override
BEGIN
    INSERT INTO news (kind) VALUES ('overrides');
END;

-- Which mode each host is in, and when one last went from observe to enforce:
-- what was counted before the last of these times does not count in enforce
-- (store/mode_change.h). first_at: since then blocked accounts' logins are kept.
CREATE TABLE mode (
    host      TEXT PRIMARY KEY,
    mode      TEXT NOT NULL,
    since     INTEGER NOT NULL DEFAULT 0,
    taken_at  INTEGER NOT NULL,
    first_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who would be blocked, were the mode not observe; as block.
CREATE TABLE would (
    account    TEXT PRIMARY KEY,
    cause      INTEGER NOT NULL,
    found      INTEGER NOT NULL,
    allowed    INTEGER NOT NULL,
    per_s      INTEGER NOT NULL,
    began_at   INTEGER NOT NULL,
    until      INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL,
    client     TEXT NOT NULL DEFAULT '',
    country    TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX would_until ON would (until);

-- From where blocked accounts are used; some networks of each.
CREATE TABLE attempt (
    account     TEXT NOT NULL,
    network     TEXT NOT NULL,
    country     TEXT NOT NULL,
    asn         INTEGER NOT NULL DEFAULT 0,
    first_seen  INTEGER NOT NULL,
    last_seen   INTEGER NOT NULL,
    PRIMARY KEY (account, network)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempt_last_seen ON attempt (last_seen);
