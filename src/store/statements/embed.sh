#!/bin/sh
# embed.sh -- turn pgsql.sql and sqlite.sql into one C table of statements.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Usage: embed.sh pgsql.sql sqlite.sql. A line "-- name: x" begins a statement.
# Fails if one is in one file alone, or has other parameters there.
set -eu
exec awk '
function most(text, sign,	n, highest) {
	highest = 0
	while (match(text, "[" sign "][0-9]+")) {
		n = substr(text, RSTART + 1, RLENGTH - 1) + 0
		if (n > highest)
			highest = n
		text = substr(text, RSTART + RLENGTH)
	}
	return highest
}
FNR == 1 { file++; name = "" }
/^-- name: / {
	name = $3
	if (file == 1)
		names[++count] = name
	else
		others[name] = 1
	next
}
name == "" || /^--/ || /^$/ { next }
{
	sub(/;$/, "")
	texts[file, name] = texts[file, name] $0 "\n"
}
END {
	print "/* Made by src/store/statements/embed.sh. */"
	print "#include \"store/query.h\""
	print "const struct named_statement named_statements[] = {"
	for (i = 1; i <= count; i++) {
		name = names[i]
		delete others[name]
		parameters = most(texts[1, name], "$")
		if (!((2, name) in texts) ||
		    most(texts[2, name], "?") != parameters) {
			print name ": not the same in both files" \
			    >"/dev/stderr"
			exit 1
		}
		printf "{ \"%s\", %d,", name, parameters
		for (k = 1; k <= 2; k++) {
			text = texts[k, name]
			gsub(/\\/, "\\\\", text)
			gsub(/"/, "\\\"", text)
			gsub(/\n/, "\\n\"\n\"", text)
			printf "\n\"%s\"%s", text, k == 1 ? "," : " },\n"
		}
	}
	for (name in others) {
		print name ": in one file alone" >"/dev/stderr"
		exit 1
	}
	print "{ 0, 0, 0, 0 } };"
}' "$@"
