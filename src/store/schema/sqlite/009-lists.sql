-- 009-lists.sql -- long lists, and long rows, are written quickly.
-- SPDX-License-Identifier: GPL-3.0-or-later
-- compatible-from: 8

-- While a long list is put in the place of another there are two tables more:
-- override_next, in which the next list is made a little at a time, and
-- override_touched, the accounts whose overrides changed meanwhile. Then they
-- change names; override_gone is emptied a little at a time. In order of the
-- account that is quick; an index in another order would be written all over
-- with each step, and made at once it takes many times as long as a step.
DROP INDEX IF EXISTS override_listed;

-- Fills a long row up, so that most changes leave its length as it is: then
-- only pages that differ are written, and none changes hands.
ALTER TABLE account ADD COLUMN filler BLOB;
