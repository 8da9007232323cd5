#!/bin/bash
# check.sh -- run all tests, of units, of the store and of the whole, and add up.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Usage: check.sh BUILD; the environment has MAKE. Each runs whatever becomes
# of the others; the last line is the sum of all.
set -u -o pipefail
build=$1
mkdir -p "$build"
status=0

for part in check-unit check-store check-system; do
	# shellcheck disable=SC2086 # MAKE may hold options
	$MAKE --no-print-directory "BUILD=$build" "$part" 2>&1 |
	    tee "$build/$part.log" || status=1
done

# "100%: Checks: 12, Failures: 0, Errors: 0" of check, one a program, and
# "2 failed, 130 passed, 3 skipped in 200.00s" of pytest.
sum() {
	sed -n "s/.*[^0-9]\([0-9][0-9]*\) $1.*/\1/p" |
	    awk '{ n += $1 } END { print n + 0 }'
}
unit=$(sed -n 's/.*Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \(.*\)/\1 \2 \3/p' \
    "$build/check-unit.log" "$build/check-store.log" |
    awk '{ n += $1; bad += $2 + $3 } END { print n - bad, bad + 0 }')
system=$(grep -aE '^=* ?.*[0-9]+ (passed|failed|error).* in [0-9.]+s' \
    "$build/check-system.log")
# What failed is run once more: the last line says what failed then, too.
last=$(echo "$system" | tail -n 1)
passed=$((${unit% *} + $(echo " $system" | sum passed)))
failed=$((${unit#* } + $(echo " $last" | sum failed) +
    $(echo " $last" | sum 'error')))
# What broke before it could count is a failure too.
if [ "$status" != 0 ] && [ "$failed" = 0 ]; then
	failed=1
fi
echo "$passed passed, $failed failed"
exit "$status"
