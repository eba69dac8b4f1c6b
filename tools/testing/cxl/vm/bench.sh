#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make bench: measures the engine, a device and the host in guests with the newest
# supported kernel, or that of the series KERNEL, and closes with one table. A
# guest's times are those of an emulated machine: only the ratios within one run mean
# something. Fails if the engine costs more than it may.
set -eu -o pipefail
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

figures=$BUILD/log/bench.figures

# measured COMMAND...: shows what it prints, but for what is for the table
measured() {
	"$@" | awk -v figures="$figures" '
		/^figure\t/ { print >> figures; next }
		{ print; fflush() }'
}

"$VM/tree.sh"
series=$(wanted_series)
series=${series%%[[:space:]]*}
release=$(release_of "$series")
prepare "$release"
rm -f "$figures"

measured "$VM/bench-run.sh"
progress "measuring the engine"
failed=0
measured "$VM/guest.sh" -n bench-engine -t 900 "$release" \
	"$(cat "$TOP/tools/testing/cxl/bench/engine.sh")" || failed=1
progress "measuring on Debian's $release"
measured "$VM/guest.sh" -n bench -t 900 "$release" \
	"$(cat "$TOP/tools/testing/cxl/bench/load.sh")"
progress "measuring the host"
measured "$VM/guest.sh" -n bench-groups -t 1800 -c -q "
	-cpu max,-hypervisor
	-machine cxl=on,cxl-fmw.0.targets.0=cxl.0,cxl-fmw.0.size=4G
	-object memory-backend-ram,id=dynamic,size=1G,share=on
	-device pxb-cxl,bus=pcie.0,bus_nr=12,id=cxl.0
	-device cxl-rp,bus=cxl.0,port=0,chassis=0,slot=2,id=port0
	-device cxl-type3,bus=port0,volatile-dc-memdev=dynamic,num-dc-regions=2,id=dcd
	" "$release" "$(cat "$TOP/tools/testing/cxl/bench/groups.sh")"
echo
awk -f "$TOP/tools/testing/cxl/bench/table.awk" "$figures"
exit $failed
