#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# check-debug.sh [LANE]...: make check-debug and make stress. Runs the selftests of
# the host and the others, the unit tests, the planted bugs, loads and unloads, the
# stress, and the selftest of cycles (or those lanes that are named) on the debug kernel
# of the newest series or of KERNEL, and sparse with its headers. Each guest ends with
# judge.sh, which fails for anything that the kernel reports.
#
# STRESS_SECONDS=60  how long each of the two passes of the stress runs; of loads
#                    and unloads there are 1000 with 900 s, and fewer with less
set -eu -o pipefail
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

need_pc "make check-debug"
[ $# -gt 0 ] || set -- host selftest stress kunit cycles planted loads sparse
stress=${STRESS_SECONDS:-60}
[[ $stress =~ ^[1-9][0-9]*$ ]] || die "STRESS_SECONDS=$stress: must be a number of seconds, such as 60"

# shellcheck source=tools/testing/cxl/vm/lanes.sh
. "$(dirname "$0")/lanes.sh"
# these guests wait for nothing but the CPU
at_once=$(nproc)

# debug_guest NAME SECONDS KMEMLEAK [OPTION]... COMMAND: with a log that holds all of
# it, memory kept aside, and no more memory than it needs, as kmemleak reads it all.
# Half of the time and more is kmemleak's, so where the tests go step by step it is
# off: the profile of the allocations tells as soon as a module goes what it leaves.
# Where kmemleak is on, the profile is off: failslab also fails what it allocates for
# itself, and 6.12 warns of that.
# no5lvl: an interrupt while the kernel asks the CPU what it can do finds LA57
# unset for a moment, and KASAN takes a good address for a wild one.
# hung_task_panic: what waits for a task that hangs would hang too, and not tell.
# The firmware has its tables at the end of memory, so that is not what is kept aside.
debug_guest() {
	local name=$1 seconds=$2 kmemleak=$3 profile=1
	shift 3
	[ "$kmemleak" = off ] || profile=0
	local watch="kmemleak=$kmemleak sysctl.vm.mem_profiling=$profile"
	"$VM/guest.sh" -n "debug-$name" -t "$seconds" -m 1792M \
		-a "$watch log_buf_len=16M no5lvl hung_task_panic=1 memmap=768M\$0x30000000" \
		"${@:1:$#-1}" "$release" "${!#}"
}

# The host's tests take as long as all others together, so they have a guest of
# their own; that of cycles is for kmemleak, and test_recover fails allocations.
host_tests="accept host hostile liar lost memory"

# selftests NAME KMEMLEAK QEMU_ARGUMENTS "TEST..."
selftests() {
	debug_guest "$1" 2400 "$2" -q "$3" "failed=0; CXL_DCD_SLOW=4 ./selftests.sh $4 || failed=1
		/debug/judge.sh && exit \$failed"
}

host() {
	local test tests=()
	for test in $host_tests; do
		tests+=("test_$test.sh")
	done
	selftests host off "$one_cpu" "${tests[*]}"
}

# Where the CPU does not say that it is virtual the core commits regions of any
# device, so the foreign ones cause no warning here. What is on QEMU's device itself
# has a lane of make check. What test_z_kept leaves to the kernel holds cxl_dcd until
# the next boot, and the judge could not unload it.
selftest() {
	local test tests=()
	for test in "$TOP"/tools/testing/selftests/cxl/test_*.sh; do
		test=${test##*/test_}
		[[ " recover cycles dcdctl interop qemu_dcdctl z_kept $host_tests " == *" ${test%.sh} "* ]] || tests+=("test_$test")
	done
	selftests selftest off "$one_cpu $hardware $bare" "${tests[*]}"
}

# each pass may take 600 s more, until all had their way
stress() {
	debug_guest stress $((2 * stress + 2100)) on "/debug/stress.sh $stress && /debug/judge.sh"
}

cycles() {
	selftests cycles on "$one_cpu" "test_cycles.sh test_recover.sh"
}

# In a short run test_lifecycle and test_cycles load and unload as often again.
loads() {
	local number=$(((stress + 2) / 3))
	[ "$stress" -lt 900 ] || number=$((stress * 1000 / 900))
	debug_guest loads $((number * 12 + 300)) off -q "$one_cpu" "/debug/loads.sh $number && /debug/judge.sh"
}

# The unit tests that the kernel runs, too.
kunit() {
	local suites
	suites=$(cd "$TOP/tools/testing/cxl/unit" && grep -l '^unit_suite\>' test_*.c | sed 's/\.c$//')
	debug_guest kunit 600 off -q "$one_cpu" "failed=0; /debug/kunit.sh ${suites//$'\n'/ } || failed=1
		/debug/judge.sh && exit \$failed"
}

# For the unit tests, which the stock kernels have no KUnit for.
sparse() {
	once sparse in_tree tools/testing/cxl/lint/sparse.sh "/usr/lib/modules/$release/build"
}

# A guest for each: of the first report some of what watches is switched off.
planted() {
	local bug argument status=0
	while read -r -u 3 bug argument _; do
		debug_guest "planted-$bug" 300 "${argument#*=}" -q "$one_cpu" "/debug/planted.sh $bug" ||
			status=1
	done 3< <(uncommented "$TOP/tools/testing/cxl/debug/bugs")
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
