#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Puts the kernel's checkpatch.pl and what it reads into build/checkpatch. Only
# the kernel's source package has it; its three files are kept in the cache.
set -eu -o pipefail
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

# one that Debian keeps as long as the tree's suite
package=linux-source-6.12

if [ ! -e "$CACHE/checkpatch/checkpatch.pl" ]; then
	progress "fetching checkpatch.pl from $package"
	work=$BUILD/checkpatch.new
	rm -rf "$work" "$BUILD/checkpatch"
	mkdir -p "$work"
	# shellcheck disable=SC2016 # expands in the tree
	in_tree sh -eu -c '
		cd "$1"
		apt-get -qq -o APT::Sandbox::User=root update
		apt-get -qq -o APT::Sandbox::User=root download "$2"
		dpkg-deb --fsys-tarfile ./*.deb | tar -xO "./usr/src/$2.tar.xz" |
			tar -xJ --strip-components=2 --occurrence=1 \
				"$2/scripts/checkpatch.pl" "$2/scripts/spelling.txt" \
				"$2/scripts/const_structs.checkpatch"
		rm ./*.deb' sh "$work" "$package" > "$BUILD/log/checkpatch" 2>&1 || {
		tail -n 5 "$BUILD/log/checkpatch" >&2
		die "cannot fetch $package, see build/log/checkpatch; is the mirror in reach?"
	}
	rm -rf "$CACHE/checkpatch"
	cp -r "$work" "$CACHE/checkpatch.new"
	mv "$CACHE/checkpatch.new" "$CACHE/checkpatch"
	rm -rf "$work"
fi
mkdir -p "$BUILD/checkpatch"
cp "$CACHE"/checkpatch/* "$BUILD/checkpatch/"
