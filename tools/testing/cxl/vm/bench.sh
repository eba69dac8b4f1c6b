#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make bench: measures the engine in user space, then the module in a guest with
# the newest supported kernel, or that of the series KERNEL. The guest's times
# are those of an emulated machine: only the ratios within one run mean something.
set -eu
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

"$VM/tree.sh"
series=$(wanted_series)
series=${series%%[[:space:]]*}
release=$(release_of "$series")
prepare "$release"
progress "measuring the engine"
in_tree make --no-print-directory -C "$TOP/tools/testing/cxl/unit" bench
progress "measuring on Debian's $release"
"$VM/guest.sh" -n bench -t 900 "$release" "$(cat "$TOP/tools/testing/cxl/bench/load.sh")"
