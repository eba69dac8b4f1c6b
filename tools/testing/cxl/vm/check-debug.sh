#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# check-debug.sh [LANE]...: make check-debug and make stress. Runs the selftests of
# the host and the others, the stress, loads and unloads, and the planted bugs (or
# those of the five that are named) on the debug kernel of the newest series or of
# KERNEL. Each guest ends with judge.sh, which fails for anything that the kernel
# reports.
#
# STRESS_SECONDS=60  how long each of the two passes of the stress runs; of loads
#                    and unloads there are 1000 in 1800 s, and fewer in less
set -eu -o pipefail
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

[ $# -gt 0 ] || set -- host selftest stress cycles planted
stress=${STRESS_SECONDS:-60}
[[ $stress =~ ^[1-9][0-9]*$ ]] || die "STRESS_SECONDS=$stress: must be a number of seconds, such as 60"

# shellcheck source=tools/testing/cxl/vm/lanes.sh
. "$(dirname "$0")/lanes.sh"

# debug_guest NAME SECONDS [OPTION]... COMMAND: with a log that holds all of it,
# memory kept aside, and no more memory than it needs, as kmemleak reads it all.
# no5lvl: an interrupt while the kernel asks the CPU what it can do finds LA57
# unset for a moment, and KASAN takes a good address for a wild one.
# The firmware has its tables at the end of memory, so that is not what is kept aside.
debug_guest() {
	local name=$1 seconds=$2
	shift 2
	"$VM/guest.sh" -n "debug-$name" -t "$seconds" -m 1536M \
		-a "log_buf_len=16M no5lvl memmap=512M\$0x30000000" "${@:1:$#-1}" "$release" "${!#}"
}

# The host's tests take as long as all others together, so they have a guest of
# their own.
host_tests="accept adopt cycles host hostile liar lost memory"

# selftests NAME [OPTION]... "TEST..."
selftests() {
	local name=$1
	shift
	debug_guest "$name" 2400 -q "$one_cpu" "${@:1:$#-1}" "failed=0; CXL_DCD_SLOW=4 ./selftests.sh ${!#} || failed=1
		/debug/judge.sh && exit \$failed"
}

host() {
	local test tests=()
	for test in $host_tests; do
		tests+=("test_$test.sh")
	done
	selftests host "${tests[*]}"
}

# Where the CPU does not say that it is virtual the core commits regions of any
# device, so the foreign ones cause no warning here.
selftest() {
	local test tests=()
	for test in "$TOP"/tools/testing/selftests/cxl/test_*.sh; do
		test=${test##*/test_}
		[[ " $host_tests " == *" ${test%.sh} "* ]] || tests+=("test_$test")
	done
	selftests selftest -q "$one_cpu $hardware -cpu max,-hypervisor" "${tests[*]}"
}

# each pass may take 300 s more, until all had their way
stress() {
	debug_guest stress $((2 * stress + 1500)) "/debug/stress.sh $stress && /debug/judge.sh stress"
}

cycles() {
	local number=$((stress * 1000 / 1800 + 1))
	debug_guest cycles $((number * 12 + 300)) "/debug/cycles.sh $number && /debug/judge.sh"
}

# A guest for each: of the first report some of what watches is switched off.
planted() {
	local bug status=0
	for bug in $(uncommented "$TOP/tools/testing/cxl/debug/bugs" | cut -f 1); do
		debug_guest "planted-$bug" 300 -q "$one_cpu" "/debug/planted.sh $bug" || status=1
	done
	return $status
}

"$VM/tree.sh"
series=$(wanted_series)
series=${series%%[[:space:]]*}
release=$("$VM/debug-kernel.sh" "$series")

rm -f "$BUILD"/log/debug-*.ktap*
lane debug-build once build prepare "$release"
wait
if grep -q '^ok' "$BUILD/log/debug-build.ktap"; then
	for name; do
		lane "debug-$name" "$name"
	done
fi
finish_lanes
