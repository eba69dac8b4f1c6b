#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug-kernel.sh SERIES [CONFIGURATION]: makes sure that there is a kernel of the series
# with that configuration, "debug" if nothing is said (lib.sh), and prints its release. It
# is built from Debian's source package, in the very version that the stock kernel of the
# tree has, and kept in the cache, where in-tree.sh finds it. It is built once, and again
# when its options, debug-build.sh or the stock kernel change. Once there it needs no
# network.
set -eu -o pipefail
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

series=$1
configuration=${2:-debug}
stock=$(release_of "$series")
release=$(built_release "$series" "$configuration")
kernel=$CACHE/debug/$release
work=$BUILD/debug/$release
log=$BUILD/log/$configuration-kernel-$series
package=linux-source-$series

fetch() {
	local version
	version=$(sed -n 's/.*Debian \([^"]*\)".*/\1/p' \
		"$TREE/usr/src/linux-headers-$stock/include/generated/package.h")
	[ -n "$version" ] || die "cannot tell which package $stock is from"

	rm -rf "$BUILD/debug"
	mkdir -p "$work/source"
	progress "fetching $package $version"
	# shellcheck disable=SC2016 # expands in the tree
	in_tree sh -eu -c '
		cd "$1"
		apt-get -qq -o APT::Sandbox::User=root update
		apt-get -qq -o APT::Sandbox::User=root download "$2=$3"
		' sh "$work" "$package" "$version" > "$log" 2>&1 || {
		tail -n 5 "$log" >&2
		die "cannot fetch $package $version, see build/log/$configuration-kernel-$series; is the" \
			"mirror in reach? If it has only newer ones, REFRESH=1 takes that kernel"
	}
	# shellcheck disable=SC2016 # expands in the tree
	in_tree sh -eu -c '
		cd "$1"
		dpkg-deb --fsys-tarfile ./*.deb | tar -xO "./usr/src/$2.tar.xz" |
			tar -xJ -C source --strip-components=1
		rm ./*.deb' sh "$work" "$package"
	touch "$work/fetched"
}

# Shows every 200th line of make's as progress. How many there will be is known
# from builds before.
show_files() {
	local line files=0
	tee "$log" | while IFS= read -r line; do
		case $line in
		"  "[A-Z]*)
			files=$((files + 1))
			[ $((files % 200)) != 0 ] || progress "$files of about 2000 files"
			;;
		installing) progress "$line" ;;
		esac
	done
}

build() {
	progress "building $release"
	kernel_options "$configuration" > "$work/options"
	in_tree "$VM/debug-build.sh" "$work" "$work/options" "$release" 2>&1 | show_files || {
		tail -n 20 "$log" >&2
		die "cannot build the $configuration kernel, see build/log/$configuration-kernel-$series"
	}
	rm -rf "$kernel.new"
	cp -r "$work/kernel" "$kernel.new"
	mv "$kernel.new" "$kernel"
	in_tree depmod "$release"
	touch "$kernel/ready"
	rm -rf "$work"
	find "$CACHE/debug" -mindepth 1 -maxdepth 1 -type d -mtime +30 ! -path "$kernel" \
		-exec rm -rf {} +
	progress "the $configuration kernel is ready"
}

mkdir -p "$CACHE/debug" "$BUILD/log"
if [ ! -e "$kernel/ready" ]; then
	exec 8> "$CACHE/debug/lock"
	flock -n 8 || { progress "waiting for another run that builds a kernel"; flock 8; }
fi
if [ ! -e "$kernel/ready" ]; then
	# one that was interrupted goes on where it was
	[ -e "$work/fetched" ] || fetch
	rm -rf "$kernel"
	build
fi
touch "$kernel"
echo "$release"
