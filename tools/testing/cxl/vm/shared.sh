#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make run-shared: boots two hosts with one memory, the newest supported kernel or that
# of the series KERNEL, and shows what each of them does with it (story-shared.sh).
set -eu -o pipefail
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

need_pc "make run-shared"
small_tree
"$VM/tree.sh"
release=$(newest_release)
# the lane of make check has built them
[ -n "${PREPARED:-}" ] || prepare "$release" n

work=$(mktemp -d "$BUILD/shared.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
truncate -s 256M "$work/memory"
# what one guest writes to its port the other reads, whichever of them comes first
mkfifo "$work/first.in" "$work/first.out"
ln -s first.in "$work/second.out"
ln -s first.out "$work/second.in"

# host NAME: the shared memory begins at 4G, a NUMA node of its own
host() {
	"$VM/guest.sh" -n "shared-$1-$release" -t 300 -m 1280M -a "$(keep_aside 256M 0x100000000)" -q "
		-smp 1 -machine max-ram-below-4g=1G
		-object memory-backend-ram,id=own,size=1G
		-object memory-backend-file,id=shared,share=on,size=256M,mem-path=$work/memory
		-numa node,memdev=own,cpus=0 -numa node,memdev=shared
		-chardev pipe,id=peer,path=$work/$1
		-device virtserialport,chardev=peer,name=peer" \
		"$release" "./story-shared.sh $1" | sed -u "s/^/$1: /"
}

progress "booting two hosts with Debian's $release"
host first &
first=$!
host second &
status=0
wait $! || status=1
wait "$first" || status=1
[ "$status" = 0 ] || die "the story failed, see above"
progress "done"
