#!/bin/sh
# embed.sh -- turn SQL files (DIR/STORE/NNN-name.sql) into one C table.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
echo '/* Made by src/store/schema/embed.sh; the sources are the .sql files. */'
echo '#include "store/schema.h"'
i=0
for file; do
	echo "static const unsigned char text_${i}[] = {"
	od -An -v -tx1 "$file" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
	echo '0};'
	i=$((i + 1))
done
echo 'const struct schema_file schema_files[] = {'
i=0
for file; do
	name=$(basename "$file" .sql)
	store=$(basename "$(dirname "$file")")
	number=$(echo "$name" | sed 's/^0*\([0-9]*\).*/\1/')
	echo "{ \"$store\", $number, \"$name\", (const char *)text_$i },"
	i=$((i + 1))
done
echo '{ 0, 0, 0, 0 } };'
