#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# pack-modules.sh RELEASE CPIO: packs the stock modules of that kernel that a guest needs.
# Runs in the tree.
set -eu

vm=$(dirname "$0")
release=$1
cpio=$2
modules=lib/modules/$release
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

cd "$root"
mkdir -p "$modules/kernel"
# Unpacked: the guest, which may be emulated, need not do it. No configuration:
# ndctl's has an install command for libnvdimm, which hides its file. What a kernel lacks
# is not missed.
grep -v '^#' "$vm/modules" |
	xargs modprobe -q --config /dev/null --set-version "$release" --all --show-depends |
	sed -n 's/^insmod \([^ ]*\).*/\1/p' | sort -u |
	while read -r module; do
		name=${module##*/}
		case $name in
		*.xz) xz -dc "$module" > "$modules/kernel/${name%.xz}" ;;
		*) cp "$module" "$modules/kernel" ;;
		esac
	done
cp "/$modules/modules.order" "/$modules/modules.builtin" \
	"/$modules/modules.builtin.modinfo" "$modules/"

find . | cpio --quiet -o -H newc -R 0:0 > "$cpio"
