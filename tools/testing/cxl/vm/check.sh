#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make check: runs all that tests, on every supported kernel that the archive
# has or on that of the series KERNEL, and closes with one line that counts the
# results (how is said in ktap.awk). A lane is a command that prints KTAP; its
# output is kept in build/log/LANE.ktap. As many run at once as there are cores.
set -eu -o pipefail
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

cd "$TOP"
lanes=()

# lane NAME COMMAND...: starts it as soon as a core is free
lane() {
	local name=$1 log=$BUILD/log/$1.ktap
	shift
	while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do
		wait -n || true
	done
	lanes+=("$name")
	progress "$name starts"
	{
		status=0
		"$@" < /dev/null || status=$?
		echo "$status" > "$log.status"
	} | tee "$log" | sed -u "s/^/$name: /" &
}

lint() {
	"$VM/checkpatch.sh" && in_tree tools/testing/cxl/lint/lint.sh
}

# QEMU's CXL devices, which the mock's must leave alone: one with static memory,
# one with Dynamic Capacity.
hardware="
	-machine cxl=on,cxl-fmw.0.targets.0=cxl.0,cxl-fmw.0.size=4G
	-object memory-backend-ram,id=static,size=256M,share=on
	-object memory-backend-ram,id=dynamic,size=1G,share=on
	-device pxb-cxl,bus=pcie.0,bus_nr=12,id=cxl.0
	-device cxl-rp,bus=cxl.0,port=0,chassis=0,slot=2,id=port0
	-device cxl-rp,bus=cxl.0,port=1,chassis=0,slot=3,id=port1
	-device cxl-type3,bus=port0,volatile-memdev=static
	-device cxl-type3,bus=port1,volatile-dc-memdev=dynamic,num-dc-regions=2,id=dcd
"
# Under a hypervisor the core commits no region of theirs.
bare="-cpu max,-hypervisor"

# once NAME COMMAND...: makes one test of a command
once() {
	local name=$1
	shift
	printf 'KTAP version 1\n1..1\n'
	if "$@" 2>&1 | sed -u 's/^/# /'; then
		echo "ok 1 $name"
	else
		echo "not ok 1 $name"
	fi
}

# Lanes have process groups of their own, so that none outlives an interrupt.
set -m
stop_lanes() {
	local job
	for job in $(jobs -rp); do
		kill -- "-$job" 2> /dev/null || true
	done
}
trap stop_lanes EXIT
trap 'exit 130' INT TERM

"$VM/tree.sh"
wanted=$(wanted_series)
if [ -z "${KERNEL:-}" ]; then
	supported_series | grep -vxF "$wanted" | while read -r series; do
		progress "left out: $series, which the archive does not have"
	done || true
fi

rm -f "$BUILD"/log/*.ktap*
for series in $wanted; do
	lane "build-$series" once build prepare "$(release_of "$series")"
done
wait
for series in $wanted; do
	release=$(release_of "$series")
	if grep -q '^ok' "$BUILD/log/build-$series.ktap"; then
		lane "selftest-$series" "$VM/guest.sh" -n "selftest-$series" -t 900 \
			-q "$hardware" -m 5G -a "memmap=1G\$0x100000000" \
			"$release" ./selftests.sh
		lane "interop-$series" "$VM/guest.sh" -n "interop-$series" -t 300 -c \
			-q "$hardware $bare" "$release" /selftests/test_interop.sh
	fi
done
for series in $wanted; do
	lane "sparse-$series" once sparse in_tree make --no-print-directory sparse \
		KDIR="/usr/lib/modules/$(release_of "$series")/build"
done
lane unit in_tree make --no-print-directory -C tools/testing/cxl/unit
lane fuzz in_tree make --no-print-directory -C tools/testing/cxl/fuzz FUZZ_SECONDS=60
lane lint once lint lint
lane ktap "$VM/test-ktap.sh"
lane btf2h in_tree tools/testing/cxl/lint/test-btf2h.sh
wait

passed=0
failed=0
skipped=0
for name in "${lanes[@]}"; do
	log=$BUILD/log/$name.ktap
	verdict=$(awk -v lane="$name" -v status="$(cat "$log.status")" -f "$VM/ktap.awk" "$log")
	sed '$d' <<< "$verdict" | sed 's/^/FAILED /'
	read -r p f s < <(tail -n 1 <<< "$verdict")
	passed=$((passed + p))
	failed=$((failed + f))
	skipped=$((skipped + s))
done
summary="$passed passed, $failed failed"
[ "$skipped" = 0 ] || summary="$summary, $skipped skipped"
echo "$summary"
[ "$failed" = 0 ]
