#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# packages.sh RELEASE...: installs the packages that make deb has built where these kernels
# are, purges them, and tries in a guest of each what they had put there: with KERNELS=all
# all of the installed selftests, else a few. Prints KTAP.
set -eu -o pipefail
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

out=$BUILD/initramfs
mkdir -p "$out"
selftests="-t cxl:test_topology.sh -t cxl:test_lifecycle.sh"
[ "${KERNELS:-}" != all ] || selftests="-c cxl"
rm -f "$out"/*.packages.cpio

echo "KTAP version 1"
echo "1..$((1 + $#))"
if in_tree "$VM/install.sh" "$BUILD/deb" "$out" "$@" 2>&1 | sed -u 's/^/# /'; then
	echo "ok 1 the packages are installed, for $*, and purged"
else
	echo "not ok 1 the packages are installed, for $*, and purged"
fi
number=1
for release; do
	number=$((number + 1))
	if [ -e "$out/$release.packages.cpio" ] &&
	   "$VM/guest.sh" -n "packages-$release" -t 2400 -q "-smp 1" \
			-f "$out/$release.packages.cpio" "$release" \
			"./package-guest.sh $selftests" |
			sed -u 's/^/  /'; then
		echo "ok $number a guest of $release with the packages"
	else
		echo "not ok $number a guest of $release with the packages"
	fi
done
