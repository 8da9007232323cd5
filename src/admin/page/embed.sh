#!/bin/sh
# embed.sh -- turn the files of the status page into one C table.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
echo '/* Made by src/admin/page/embed.sh; the sources are beside it. */'
echo '#include "admin/page.h"'
i=0
for file; do
	echo "static const unsigned char text_${i}[] = {"
	od -An -v -tx1 "$file" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
	echo '0};'
	i=$((i + 1))
done
echo 'const struct page_file page_files[] = {'
i=0
for file; do
	name=$(basename "$file")
	path=/page/$name
	case $name in
	index.html) path=/ type='text/html; charset=utf-8' ;;
	*.css) type='text/css; charset=utf-8' ;;
	*.svg) type=image/svg+xml ;;
	*.json) type=application/json ;;
	*.js) type='text/javascript; charset=utf-8' ;;
	esac
	echo "{ \"$path\", \"$type\","
	echo "(const char *)text_$i, sizeof(text_$i) - 1 },"
	i=$((i + 1))
done
echo '{ 0, 0, 0, 0 } };'
