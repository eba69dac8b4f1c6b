#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# sparse.sh KDIR: run sparse with endian checks over every file of the modules
# and fail on any finding. First it must find an error that is planted: a kernel
# build that lacks a helper script turns sparse off with a mere warning, and a
# check that cannot fail is worth nothing.

set -eu

top=$(cd "$(dirname "$0")/../../../.." && pwd)
kdir=$1
release=$(cat "$kdir/include/config/kernel.release")
out=$top/build/sparse/$release
log=$out/log

fail()
{
	echo "sparse: $*" >&2
	exit 1
}

# KBUILD_CHECKSRC on the command line overrides the switching off.
check()
{
	make -C "$kdir" M="$1" C=2 KBUILD_CHECKSRC=2 CHECK=sparse \
		CF="-D__CHECK_ENDIAN__ -Wsparse-error" \
		CXL_DCD_TEST_MODULES=m modules >"$log" 2>&1
}

command -v sparse >/dev/null || fail "not installed (Debian: apt-get install sparse)"
rm -rf "$out"
mkdir -p "$out/plant" "$out/modules"

cat >"$out/plant/plant.c" <<EOF
#include <linux/module.h>
__le32 planted(void);
__le32 planted(void)
{
	return 1;
}
MODULE_LICENSE("GPL");
EOF
echo 'obj-m := plant.o' >"$out/plant/Kbuild"
if check "$out/plant"; then
	fail "does not find a planted endian error: is it switched off? see $log"
fi
grep -q 'plant.c:5:.*incorrect type in return expression' "$log" ||
	fail "fails for another reason than the planted error, see $log"

make -s -C "$top" kbuild-dir KDIR="$kdir" OUT="$out/modules"
check "$out/modules" || {
	grep -E 'error:|warning:' "$log" >&2 || cat "$log" >&2
	fail "findings for $release, see $log"
}
! grep -E 'warning:' "$log" || fail "findings for $release, see $log"

# every object that has a source, which those that are linked of others have not
built=$(find "$out/modules" -name '*.c' ! -name '*.mod.c' | sed 's/c$/o/' |
	xargs ls -d 2>/dev/null | wc -l)
# once, though a test module is built of some again
checked=$(grep '^  CHECK ' "$log" | sort -u | wc -l)
[ "$built" = "$checked" ] ||
	fail "$checked of $built files were checked for $release, see $log"
echo "sparse: no findings in $checked files for $release"
