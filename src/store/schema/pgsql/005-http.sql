-- 005-http.sql -- overrides as administrators change them, and who did what.
-- SPDX-License-Identifier: GPL-3.0-or-later
-- compatible-from: 5

-- position: in the list of custom settings (GET /custom-settings); NULL: not
-- in it. revision: grows with each change, so that nobody overwrites what he
-- has not seen.
ALTER TABLE policyd.override
    ADD COLUMN position bigint,
    ADD COLUMN revision bigint NOT NULL DEFAULT 1;
CREATE SEQUENCE policyd.override_position OWNED BY policyd.override.position;

-- Who changed what, when. It keeps itself: see policyd.note_change.
CREATE TABLE policyd.audit (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL,
    actor    text NOT NULL,         -- user or token; who ran the command
    origin   text NOT NULL,         -- address of the client, or how else
    action   text NOT NULL,         -- block, unblock, override.put, ...
    subject  text NOT NULL,         -- the account; '' if it is about more
    detail   jsonb NOT NULL DEFAULT '{}'
);
