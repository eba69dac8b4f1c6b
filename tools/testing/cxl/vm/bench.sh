#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make bench: measures the engine in user space, then the modules in guests with
# the newest supported kernel, or that of the series KERNEL. A guest's times
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
progress "measuring the host"
"$VM/guest.sh" -n bench-groups -t 1800 -c -q "
	-cpu max,-hypervisor
	-machine cxl=on,cxl-fmw.0.targets.0=cxl.0,cxl-fmw.0.size=4G
	-object memory-backend-ram,id=dynamic,size=1G,share=on
	-device pxb-cxl,bus=pcie.0,bus_nr=12,id=cxl.0
	-device cxl-rp,bus=cxl.0,port=0,chassis=0,slot=2,id=port0
	-device cxl-type3,bus=port0,volatile-dc-memdev=dynamic,num-dc-regions=2,id=dcd
	" "$release" "$(cat "$TOP/tools/testing/cxl/bench/groups.sh")"
