#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# initramfs.sh RELEASE [TREE]: packs build/initramfs/RELEASE.cpio: the stock tools and
# modules, each packed once for each tree, and after them what changes: our modules, the
# tests, init. With TREE, of the table "trees", the tools are those of that one, and the
# file is RELEASE.TREE.cpio.
set -eu
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

release=$1
dir=$BUILD/initramfs
tools=$(CXL_DCD_TREE=${2:-$CXL_DCD_TREE} "$VM/stock.sh" tools pack-tools.sh)
stock=$("$VM/stock.sh" "$release" pack-modules.sh "$release")

root=$(mktemp -d "$dir/root.XXXXXX")
trap 'rm -rf "$root"' EXIT
ours=lib/modules/$release/updates
mkdir -p "$root/$ours" "$root/root" "$root/selftests"
install -m 755 "$VM/init" "$root/init"
install -m 755 "$VM"/story*.sh "$VM/selftests.sh" "$root/root"
for module in "$BUILD/modules/$release"/{,unit/}*.ko; do
	[ -e "$module" ] || continue
	cp "$module" "$root/$ours"
	ln -s "/$ours/${module##*/}" "$root/root"
done
tests=$TOP/tools/testing/selftests/cxl
[ ! -d "$tests" ] || cp -r "$tests/." "$root/selftests"
[ ! -d "$PROGRAMS/selftests" ] || cp "$PROGRAMS/selftests"/* "$root/selftests"
cp -r "$TOP/tools/testing/cxl/debug" "$root/"
# what cxl brings along has its libraries too
[ ! -e "$PROGRAMS/dcdctl/dcdctl" ] || install -D -t "$root/bin" "$PROGRAMS/dcdctl/dcdctl"
install -D -m 644 "$TOP/tools/cxl/dcdctl/completion.bash" \
	"$root/usr/share/bash-completion/completions/dcdctl"

new=$dir/$release.$$
{
	cat "$tools" "$stock"
	pack_directory "$root"
} > "$new"
mv "$new" "$dir/$release${2:+.$2}.cpio"
