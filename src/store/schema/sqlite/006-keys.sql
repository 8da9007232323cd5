-- 006-keys.sql -- who may use the store.
-- SPDX-License-Identifier: GPL-3.0-or-later
-- compatible-from: 6

-- compatible_from: programs of older versions cannot use the store since.
-- digest: of the views that were put in place last.
ALTER TABLE schema_version ADD COLUMN compatible_from INTEGER;
ALTER TABLE schema_version ADD COLUMN digest TEXT;
UPDATE schema_version SET compatible_from = version;
