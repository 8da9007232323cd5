#!/bin/bash
# nspawn.sh -- install, use, upgrade and purge the package in a booted Debian.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Usage: nspawn.sh BUILD DEB. A small Debian with systemd is made below BUILD
# (kept for the next time), and story.py is run in it. Needs root, debootstrap,
# systemd-nspawn and a mirror (POLICYD_MIRROR); without one of them it says
# which, and is skipped.
set -eu -o pipefail
build=$(realpath "$1")/package
deb=$(realpath "$2")
here=$(realpath "$(dirname "$0")")
mirror=${POLICYD_MIRROR:-http://deb.debian.org/debian}
suite=${POLICYD_SUITE:-bookworm}

skip() {
	echo "skipped: the package was not tried in a booted Debian: $1"
	exit 0
}

[ "$(id -u)" = 0 ] || skip "that needs root"
for program in debootstrap systemd-nspawn dpkg-deb perl; do
	command -v $program >/dev/null || skip "there is no $program"
done
perl -MMaxMind::DB::Writer::Tree -e 1 2>/dev/null ||
	skip "there is no libmaxmind-db-writer-perl"

mkdir -p "$build"
base=$build/base
root=$build/root
archives=$build/archives
trap 'rm -rf "$root" "$build/unpacked" "$build/base.new"' EXIT

if [ ! -d "$base" ]; then
	rm -rf "$base.new"
	debootstrap --variant=minbase \
		--include=systemd,systemd-sysv,dbus,python3,ca-certificates \
		"$suite" "$base.new" "$mirror" >"$build/debootstrap.log" 2>&1 ||
		skip "debootstrap failed, see $build/debootstrap.log"
	mv "$base.new" "$base"
fi

rm -rf "$root"
cp -a --reflink=auto "$base" "$root"
mkdir -p "$archives" "$root/root/debs"
cp -p "$archives"/*.deb "$root/var/cache/apt/archives/" 2>/dev/null || true
cp "$deb" "$root/root/debs/policyd.deb"

# The next version: the same files, another number.
rm -rf "$build/unpacked"
dpkg-deb -R "$deb" "$build/unpacked"
sed -i 's/^Version: .*/&+next/' "$build/unpacked/DEBIAN/control"
dpkg-deb --root-owner-group -b "$build/unpacked" \
	"$root/root/debs/policyd-next.deb" >/dev/null

# What is to be installed is fetched before: in there is no network.
chroot "$root" sh -eu >"$build/download.log" 2>&1 <<'END' ||
apt-get -q update
for packages in ./root/debs/policyd.deb \
	'postfix libsasl2-modules postgresql dbconfig-pgsql'; do
	DEBIAN_FRONTEND=noninteractive apt-get -q -y --download-only \
		--no-install-recommends install $packages
done
END
	skip "packages cannot be fetched, see $build/download.log"
cp -p "$root"/var/cache/apt/archives/*.deb "$archives/"

cp "$here/story.py" "$here"/../system/{client,geoip,waiting}.py "$root/root/"
mkdir -p "$root/usr/share/GeoIP"
perl "$here/../geoip/make-mmdb.pl" "$root/usr/share/GeoIP"
cat >"$root/etc/systemd/system/story.service" <<'END'
[Unit]
Description=The life of the package policyd
After=multi-user.target
[Service]
Type=oneshot
TimeoutStartSec=15min
Environment=HOME=/root
ExecStart=/usr/bin/python3 -B /root/story.py
StandardOutput=file:/root/story.log
StandardError=inherit
ExecStopPost=/bin/sh -c 'case $EXIT_STATUS in 0) code=77;; *) code=1;; esac; systemctl --no-block exit $code'
END
mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
ln -s ../story.service "$root/etc/systemd/system/multi-user.target.wants/"

# 77: the story came to its good end; whatever else happens is another number.
status=0
# Its own folder in /run wants to be on a tmpfs; in a container /run may be none.
mkdir -p /run/systemd/nspawn
# shellcheck disable=SC2016
unshare --mount sh -euc 'mount -t tmpfs tmpfs /run/systemd/nspawn; exec "$@"' \
	sh systemd-nspawn --quiet -D "$root" --boot --private-network --register=no \
	--keep-unit --console=pipe </dev/null >"$build/nspawn.log" 2>&1 ||
	status=$?
if [ -f "$root/root/story.log" ]; then
	cat "$root/root/story.log"
else
	cat "$build/nspawn.log"
fi
if [ "$status" != 77 ]; then
	echo "the package failed in a booted Debian" >&2
	exit 1
fi
