#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# each-kernel.sh TARGET: makes TARGET in the tree for every kernel that it has,
# or for that of the series KERNEL.
set -eu
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

wanted=$(wanted_series)
for series in $wanted; do
	in_tree make -C "$TOP" --no-print-directory "$1" \
		KDIR="/usr/lib/modules/$(release_of "$series")/build" "${CROSS_KBUILD[@]}"
done
