#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2119 # functions that need no arguments, and lists
# 200 cycles of load, create, add, map, release, destroy and unload; fewer on a slow
# kernel. They leak no memory, leave no device and log no warning. Needs memory that
# the kernel was booted without: memmap= or mem=.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./host.sh

begin 5
load_base
need_no_mock
need_reserved
need_program daxmem
modprobe device_dax
unload_all

cycle()
{
	load_base && load_reserved_mock && region=$(create_region 512M) || return 1
	put dc_inject_extent "0x10000000:0x200000:$TAG:1" || return 1
	put dc_inject_extent "0x0:0x200000:$TAG:0" || return 1
	wait_for 10 dax_of "$TAG" || return 1
	dax=$(dax_of "$TAG")
	wait_for 10 test -c "/dev/$dax" || return 1
	daxmem "/dev/$dax" write 0x1ff000 8K 1 && daxmem "/dev/$dax" check 0x1ff000 8K 1 || return 1
	release_extent "0x0:0x200000:$TAG" && destroy_region "$region" && unload_all
}

# cycles NUMBER
cycles()
{
	for i in $(seq "$1"); do
		cycle >/tmp/cycle 2>&1 || { echo "cycle $i:"; cat /tmp/cycle; return 1; }
		[ $((i % 50)) != 0 ] || echo "# $i cycles" >&3
	done
}

# bytes of kernel memory in use, after caches are dropped
in_use()
{
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^(Slab|VmallocUsed|Percpu|KernelStack|PageTables):/ { sum += $2 } END { print sum * 1024 }' \
		/proc/meminfo
}
# lines of the log that these modules can have caused
lines()
{
	log | grep -ciE 'cxl|dax|region|memory' || :
}
device_list()
{
	find /sys/devices /sys/bus/cxl /sys/bus/dax /sys/kernel/debug/cxl* -maxdepth 4 2>/dev/null |
		grep -v '/power' | sort
}

# for progress: ok captures the output of a test
exec 3>&1
slow=${CXL_DCD_SLOW:-1}
# rounded up: one at the least
kept=$(((10 + slow - 1) / slow))
ok "$kept cycles run, to fill caches that are kept on purpose" cycles $kept
list=$(device_list)
before=$(in_use)
lines=$(lines)
# fewer where a cycle takes longer; make stress has 1000 loads
number_of_cycles=$(((200 + slow * slow - 1) / (slow * slow)))
ok "$number_of_cycles cycles run" cycles $number_of_cycles
ok "the cycles log nothing" equal "$(lines)" "$lines"
ok "no device is left behind" equal "$(device_list)" "$list"
# 2K a cycle: less than one leaked page for each
memory()
{
	after=$(in_use)
	[ $((after - before)) -lt $((number_of_cycles * 2048)) ] || { echo "$before bytes before, $after after"; return 1; }
}
left="kernel memory does not grow by 2K a cycle"
if [ -e /sys/kernel/debug/kmemleak ]; then
	skip "$left" "KASAN keeps freed memory in quarantine; kmemleak reports leaks"
else
	ok "$left" wait_for 30 memory
fi
load_base

finish
