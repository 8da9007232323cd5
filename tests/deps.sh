#!/bin/sh
# deps.sh -- install what debian/control says is needed to build and test.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
cd "$(dirname "$0")/.."

if command -v dpkg-checkbuilddeps >/dev/null &&
    missing=$(dpkg-checkbuilddeps 2>&1); then
	exit 0
fi
if ! command -v apt-get >/dev/null; then
	echo "deps.sh: this is no Debian; install by hand what" \
	    "Build-Depends in debian/control lists" >&2
	exit 1
fi

if [ "$(id -u)" = 0 ]; then
	as_root() { "$@"; }
elif command -v sudo >/dev/null; then
	as_root() { sudo "$@"; }
else
	echo "deps.sh: ${missing:-packages are missing}" >&2
	echo "deps.sh: run \"make deps\" as root once (there is no sudo)" >&2
	exit 1
fi

# The tests start servers of their own. Those that come with the packages are
# installed without a configuration, so that they do not start.
unconfigured() {
	dpkg-query -W -f='${Status}' "$1" 2>/dev/null |
	    grep -q ' installed$' ||
		echo "$2" | as_root debconf-set-selections
}

as_root apt-get -q update
had_dovecot=$(dpkg-query -W -f='${Status}' dovecot-core 2>/dev/null || true)
unconfigured postfix 'postfix postfix/main_mailer_type select No configuration'
unconfigured slapd 'slapd slapd/no_configuration boolean true'
as_root env DEBIAN_FRONTEND=noninteractive \
	apt-get -q -y --no-install-recommends build-dep ./

# Dovecot has no such question.
case "$had_dovecot" in
*' installed') ;;
*)	if [ -d /run/systemd/system ]; then
		as_root systemctl disable --now dovecot.service dovecot.socket
	fi ;;
esac
