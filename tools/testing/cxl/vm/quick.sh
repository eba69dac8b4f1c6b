#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make quick: what to run before a commit. The unit tests, FUZZ_SECONDS=10 of fuzz, the
# style, and on the newest kernel or that of the series KERNEL the types and a few
# selftests that together reach all three modules.
set -eu -o pipefail
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

# shellcheck source=tools/testing/cxl/vm/lanes.sh
. "$(dirname "$0")/lanes.sh"

smoke() {
	prepare "$1" >&2
	"$VM/guest.sh" -n quick -t 600 -q "$one_cpu" -m 5G -a "$(keep_aside 1G 0x100000000)" \
		"$1" "./selftests.sh $smoke"
}

"$VM/tree.sh"
release=$(newest_release)
rm -f "$BUILD"/log/quick-*.ktap*
lane quick-smoke smoke "$release"
lane quick-unit in_tree make --no-print-directory -C tools/testing/cxl/unit
lane quick-sparse once sparse in_tree make --no-print-directory sparse \
	KDIR="/usr/lib/modules/$release/build"
lane quick-lint once lint lint
lane quick-fuzz in_tree make --no-print-directory -C tools/testing/cxl/fuzz \
	FUZZ_SECONDS="${FUZZ_SECONDS:-10}"
finish_lanes
