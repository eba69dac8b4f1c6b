# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What make check and make check-debug share: lanes, and the line at the end. A
# lane is a command that prints KTAP; its output is kept in build/log/LANE.ktap.
# Guests wait now and then, so one more runs at once than there are cores, if nothing
# else is said. Sourced after lib.sh.

cd "$TOP" || exit
lanes=()
at_once=$(($(nproc) + 1))

# lane NAME COMMAND...: starts it as soon as there is room
lane() {
	local name=$1 log=$BUILD/log/$1.ktap
	shift
	while [ "$(jobs -rp | wc -l)" -ge "$at_once" ]; do
		wait -n || true
	done
	lanes+=("$name")
	progress "$name starts"
	{
		status=0
		began=$SECONDS
		"$@" < /dev/null || status=$?
		echo "$status" > "$log.status"
		progress "$name took $((SECONDS - began)) s"
	} | tee "$log" | sed -u "s/^/$name: /" &
}

# QEMU's CXL devices, which the mock's must leave alone: one with static memory,
# one with Dynamic Capacity.
# shellcheck disable=SC2034 # used by those that source this
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
# shellcheck disable=SC2034
[ "$IS_PC" ] || hardware=
# Without KVM two CPUs take half as much time again for the same tests. One does for
# those that go step by step: what happens at once is for the stress.
# shellcheck disable=SC2034
one_cpu="-smp 1"
# Under a hypervisor the core commits no region of theirs.
# shellcheck disable=SC2034 # for those who source this
bare="-cpu max,-hypervisor"
# Selftests that together reach all three modules and the packaged tools, in a minute.
# shellcheck disable=SC2034
smoke="test_interface.sh test_extents.sh test_fm.sh test_dcdctl.sh test_series.sh"

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

# lint: checks the style of every file; without Sphinx it fails, where make lint skips it
lint() {
	"$VM/checkpatch.sh" && "$VM/sphinx.sh" && in_tree tools/testing/cxl/lint/lint.sh
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

# the command that says something before the last line
at_end=true
# finish_lanes: waits for all, counts the results (how is said in ktap.awk) and closes with
# one line; fails if something did. What a lane passed, failed and skipped is in
# build/log/LANE.ktap.counts.
finish_lanes() {
	local passed failed skipped name log verdict p f s summary
	wait
	passed=0
	failed=0
	skipped=0
	for name in "${lanes[@]}"; do
		log=$BUILD/log/$name.ktap
		verdict=$(awk -v lane="$name" -v status="$(cat "$log.status")" -f "$VM/ktap.awk" "$log")
		sed '$d' <<< "$verdict"
		tail -n 1 <<< "$verdict" > "$log.counts"
		read -r p f s < "$log.counts"
		passed=$((passed + p))
		failed=$((failed + f))
		skipped=$((skipped + s))
	done
	"$at_end"
	summary="$passed passed, $failed failed"
	[ "$skipped" = 0 ] || summary="$summary, $skipped skipped"
	echo "$summary"
	[ "$failed" = 0 ]
}
