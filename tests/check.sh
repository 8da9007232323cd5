#!/bin/bash
# check.sh -- run all tests, of units, of the store and of the whole, and add up.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Usage: check.sh BUILD TARGET...; the environment has MAKE. The targets are
# made side by side, whatever becomes of the others; the last is shown as it
# goes on, the others when they are through. The last line is the sum of all.
set -u -o pipefail
build=$1
shift
mkdir -p "$build"
case ${MAKEFLAGS-} in
*jobserver*) ;;
*) MAKE="$MAKE -j$(nproc)" ;;
esac

build() {
	# shellcheck disable=SC2086 # MAKE may hold options
	$MAKE --no-print-directory "BUILD=$build" "$@"
}

# What the targets share is made once, before they could both make it.
if ! build programs; then
	echo "0 passed, 1 failed"
	exit 1
fi

last=${!#}
declare -A pids results
# Interrupted, none is left behind.
trap '[ "${#pids[@]}" = 0 ] || kill "${pids[@]}" 2>/dev/null' EXIT
for part; do
	[ "$part" != "$last" ] || continue
	build -k "$part" >"$build/$part.log" 2>&1 &
	pids[$part]=$!
done
build -k "$last" 2>&1 | tee "$build/$last.log"
results[$last]=$?
for part in "${!pids[@]}"; do
	wait "${pids[$part]}"
	results[$part]=$?
	cat "$build/$part.log"
done
pids=()

# "100%: Checks: 12, Failures: 0, Errors: 0" of check, one a program, and
# "2 failed, 130 passed, 3 skipped in 200.00s" of pytest.
count() {
	sed -n -E -e 's/.*Checks: ([0-9]+), Failures: ([0-9]+), Errors: ([0-9]+).*/\1 \2 \3/p' \
	    -e '/^=* ?([0-9]+ [a-z]+, )*[0-9]+ [a-z]+ in [0-9.]+s/{
		s/ in .*//; s/[^0-9a-z ]//g; p; }' "$1" | awk '
	$1 ~ /^[0-9]+$/ && $2 ~ /^[0-9]+$/ {
		passed += $1 - $2 - $3; failed += $2 + $3; next }
	{ for (i = 2; i <= NF; i += 2)
		if ($i == "passed") passed += $(i - 1)
		else if ($i ~ /^(failed|errors?)$/) failed += $(i - 1) }
	END { print passed + 0, failed + 0 }'
}

passed=0 failed=0
for part; do
	read -r good bad <<<"$(count "$build/$part.log")"
	# What broke before it could count is a failure too.
	if [ "${results[$part]}" != 0 ] && [ "$bad" = 0 ]; then
		bad=1
	fi
	[ "$bad" = 0 ] || echo "failed: make $part"
	passed=$((passed + good)) failed=$((failed + bad))
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
