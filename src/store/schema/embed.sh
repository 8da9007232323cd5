#!/bin/sh
# embed.sh -- turn SQL files (DIR/STORE/NAME.sql) into one C table.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# NNN-name.sql is migration NNN; it has a line "-- compatible-from: N". Files
# without a number are what is replaced whole.
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
	number=$(echo "$name" | sed -n 's/^0*\([0-9][0-9]*\)-.*/\1/p')
	from=$(sed -n 's/^-- compatible-from: \([0-9][0-9]*\)$/\1/p' "$file")
	if [ -n "$number" ] && [ -z "$from" ]; then
		echo "$file has no line -- compatible-from: N" >&2
		exit 1
	fi
	echo "{ \"$store\", ${number:-0}, ${from:-0}, \"$name\"," \
	    "(const char *)text_$i },"
	i=$((i + 1))
done
echo '{ 0, 0, 0, 0, 0 } };'
