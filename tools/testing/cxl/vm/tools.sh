#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tools.sh NAME TREE RELEASE TEST...: runs these selftests in a guest NAME of RELEASE that
# has the cxl, daxctl and ndctl of TREE, which has no kernels. What else is in the guest has
# been built before. Prints KTAP.
set -eu
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

name=$1
tree=$2
release=$3
shift 3
(
	flock 9
	"$VM/initramfs.sh" "$release" "$tree" >&2
) 9> "$BUILD/lock"
# what a test leaves out where cxl lacks it, it is not to leave out here
exec "$VM/guest.sh" -n "$name" -t 900 -q "-smp 1" -m 5G -a "$(keep_aside 2G 0x140000000)" \
	-f "$BUILD/initramfs/$release.$tree.cpio" "$release" "
		cxl --list-cmds | grep -qx inject-media-poison || {
			echo \"Bail out! cxl \$(cxl version) is no newer than that of the other guests\"
			exit 1
		}
		./selftests.sh $*"
