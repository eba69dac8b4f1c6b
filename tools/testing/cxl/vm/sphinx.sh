#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Puts Debian's Sphinx and what it needs into build/sphinx: only what builds the
# documentation needs it, so it is no part of the tree, which would have to be made
# again. The packages are unpacked in the cache, for the Python that the tree has.
set -eu -o pipefail
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

cached=$CACHE/sphinx-$(readlink "$TREE/usr/bin/python3")

rm -rf "$BUILD/sphinx"
if [ ! -e "$cached" ]; then
	progress "fetching Sphinx"
	work=$BUILD/sphinx.new
	rm -rf "$work"
	mkdir -p "$work/packages/partial" "$BUILD/log"
	# Of the package with all locales only the list of their names is read.
	# shellcheck disable=SC2016 # expands in the tree
	in_tree sh -eu -c '
		cd "$1"
		apt-get -qq -o APT::Sandbox::User=root update
		apt-get -qq -y -o APT::Sandbox::User=root -o Dir::Cache::archives="$1/packages" \
			--no-install-recommends --download-only install python3-sphinx
		for package in packages/*.deb; do
			dpkg-deb -x "$package" .
		done
		rm -rf packages usr/share/doc usr/share/locale usr/share/man \
			usr/share/python-babel-localedata/locale-data' \
		sh "$work" > "$BUILD/log/sphinx" 2>&1 || {
		tail -n 5 "$BUILD/log/sphinx" >&2
		die "cannot fetch python3-sphinx, see build/log/sphinx; is the mirror in reach?"
	}
	rm -rf "$cached.new"
	cp -r "$work" "$cached.new"
	mv "$cached.new" "$cached"
	rm -rf "$work"
fi
cp -r "$cached" "$BUILD/sphinx"
