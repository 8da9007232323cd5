-- 011-row.sql -- rows of accounts as they are, not compressed.
-- SPDX-License-Identifier: GPL-3.0-or-later
-- compatible-from: 8

-- A row of many places, or of a long history, has more than 2 kB, and each
-- request writes it anew: compressing it costs more than all else of writing
-- it. Two of this size have room on a page, so that the new one stands beside
-- the old one.
ALTER TABLE policyd.account SET (toast_tuple_target = 4000);
