#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make run: boots the newest supported kernel, or that of the series KERNEL, and
# shows in the guest what one would type and see (story.sh).
set -eu
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

small_tree
"$VM/tree.sh"
release=$(newest_release)
# the lane of make check has built them
[ -n "${PREPARED:-}" ] || prepare "$release" n
progress "booting Debian's $release"
"$VM/guest.sh" -n "run-$release" -m 5G -a "$(keep_aside 1G 0x100000000)" "$release" ./story.sh
progress "done"
