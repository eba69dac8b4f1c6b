#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make deb: builds the Debian packages in the tree and checks them with lintian. They are
# left in build/deb.
set -eu -o pipefail
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

"$VM/tree.sh"
log=$BUILD/log/deb
source=$BUILD/deb/source
progress "building the packages"
rm -rf "$BUILD/deb"
mkdir -p "$source"
cd "$TOP"
cp -r Makefile Kbuild README.md COPYING Documentation debian drivers include tools "$source/"
# -d: the tree has what is needed, but no build-essential
# shellcheck disable=SC2016 # expands in the tree
in_tree sh -eu -c '
	cd "$1"
	DEB_BUILD_OPTIONS="noautodbgsym parallel=$(nproc)" dpkg-buildpackage -d -b -us -uc
	cd ..
	lintian --fail-on error,warning,info --allow-root ./*.changes
	' sh "$source" > "$log" 2>&1 || {
	grep -E '^[EWI]: |[Ee]rror' "$log" >&2 || tail -n 20 "$log" >&2
	die "the packages do not build, or lintian complains: see build/log/deb"
}
rm -rf "$source"
ls "$BUILD"/deb/*.deb
