#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# DAX devices with memory behind them: mapped, written and read; what happens to
# who uses one whose release is requested; and memory that the kernel uses as its own.
# Needs memory that the kernel was booted without: memmap= or mem=.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./host.sh

begin 38
load_base
need_no_mock
need_reserved
need_program daxmem
need_kmem
watch
ok "a device on reserved memory loads" load_reserved_mock
region=$(create_region "$reserved_size")

# two extents that are apart, the second one first
two_extents()
{
	put dc_inject_extent "0x10000000:0x400000:$TAG:1" && inject "0x0:0x200000:$TAG:0" &&
		dax=$(dax_of "$TAG") && wait_for 5 test -c "/dev/$dax"
}
ok "two extents are offered" two_extents
ok "device_dax is bound to their DAX device" equal "$(driver_of "$dax")" device_dax
ok "a pattern is written across both extents" daxmem "/dev/$dax" write 0 6M 1
ok "the pattern is read back" daxmem "/dev/$dax" check 0 6M 1
wrong()
{
	! daxmem "/dev/$dax" check 0 6M 2
}
ok "a wrong pattern is detected" wrong

# The same memory seen by one extent alone is where the extent says.
apart()
{
	release_extent "0x0:0x200000:$TAG" && wait_for 5 has_not 0x10000000 && gone "$dax" &&
		inject "0x0:0x200000:$TAG2:0" && second=$(dax_of "$TAG2") &&
		inject "0x10000000:0x400000::0" && first=$(daxes | grep -v "$second")
}
ok "the extents are offered again, one by one" apart
# daxmem's pattern depends on where a byte is in the device
ok "the first extent begins with the first part of the pattern" daxmem "/dev/$first" check 0 4M 1
moved()
{
	daxmem "/dev/$second" write 0 2M 7 && daxmem "/dev/$first" check 0 4M 1 &&
		daxmem "/dev/$second" check 0 2M 7
}
ok "data is written to the DPA of the extent, and nowhere else" moved
release_extent "0x10000000:0x400000:"
elsewhere()
{
	inject "0x18000000:0x400000:$TAG:0" && dax=$(dax_of "$TAG") &&
		daxmem "/dev/$dax" write 0 4M 3 && daxmem "/dev/$second" check 0 2M 7 &&
		daxmem "/dev/$dax" check 0 4M 3
}
ok "a new extent elsewhere has memory of its own" elsewhere

# hold DEVICE [pin]: map it in a process that a fifo controls, or keep a page of it
# there. What the last one said must be gone: this one has the fifo before it has its
# output.
hold()
{
	rm -f /tmp/hold /tmp/held
	mkfifo /tmp/hold
	daxmem "/dev/$1" "${2:-hold}" 0 4M </tmp/hold >>/tmp/held 2>&1 &
	holder=$!
	exec 7>/tmp/hold
	wait_for 10 grep -q holding /tmp/held
}
ok "a process maps the DAX device" hold "$dax"
wanted()
{
	forget
	put dc_del_extent "0x18000000:0x400000:$TAG" && handled &&
		equal "$(verdicts release)" deferred && [ -e "/sys/bus/dax/devices/$dax" ] &&
		has 0x18000000 releasing
}
ok "a release request for mapped memory is deferred" wanted
ok "the log says that it is mapped" said "$dax: release requested while mapped"
still_there()
{
	: >/tmp/held
	echo touch >&7 && wait_for 10 grep -q touched /tmp/held
}
ok "the process can still use its mapping" still_there
once_more()
{
	put dc_del_extent "0x18000000:0x400000:$TAG" || :
	handled && still_there && [ -e "/sys/bus/dax/devices/$dax" ]
}
ok "a second release request changes nothing" once_more
let_go()
{
	exec 7>&-
	wait "$holder" && wait_for 10 has_not 0x18000000 && gone "$dax"
}
ok "the extent is released when the process unmaps it" let_go

force()
{
	inject "0x18000000:0x400000:$TAG:0" && dax=$(dax_of "$TAG") && hold "$dax" &&
		put dc_force_del_extent "0x18000000:0x400000:$TAG" && wait_for 10 gone "$dax"
}
ok "a forced release does not wait for a process" force
sigbus()
{
	echo touch >&7
	status=0
	wait "$holder" || status=$?
	exec 7>&-
	equal "$status" 3 && grep -q SIGBUS /tmp/held
}
ok "the process gets SIGBUS" sigbus

wanted_then_forced()
{
	inject "0x18000000:0x400000:$TAG:0" && dax=$(dax_of "$TAG") && hold "$dax" &&
		put dc_del_extent "0x18000000:0x400000:$TAG" &&
		wait_for 10 has 0x18000000 releasing &&
		put dc_force_del_extent "0x18000000:0x400000:$TAG" && wait_for 10 gone "$dax" && sigbus
}
ok "a deferred release can be forced" wanted_then_forced

opened()
{
	inject "0x18000000:0x400000:$TAG:0" && dax=$(dax_of "$TAG") && exec 8<>"/dev/$dax" || return 1
	forget
	put dc_del_extent "0x18000000:0x400000:$TAG" && handled &&
		equal "$(verdicts release)" deferred &&
		has 0x18000000 releasing && daxmem "/dev/$dax" write 0 4M 4
	status=$?
	exec 8>&-
	[ "$status" = 0 ] && wait_for 10 has_not 0x18000000 && gone "$dax"
}
ok "a release request for an open DAX device is deferred" opened

# To open one that goes away, and to map that, must be refused.
going_away()
{
	inject "0x18000000:0x400000:$TAG:0" && dax=$(dax_of "$TAG") || return 1
	daxmem "/dev/$dax" reopen $((4 * ${CXL_DCD_SLOW:-1})) >/tmp/reopened &
	reopener=$!
	while [ -d "/proc/$reopener" ]; do
		for _ in $(seq 10); do
			echo "$dax" >/sys/bus/dax/drivers/device_dax/unbind &&
				echo "$dax" >/sys/bus/dax/drivers/device_dax/bind || return 1
		done
	done
	wait "$reopener" && cat /tmp/reopened && ! grep -qw 0 /tmp/reopened &&
		release_extent "0x18000000:0x400000:$TAG"
}
ok "a DAX device that is being removed cannot be mapped" going_away

# System RAM comes in whole memory blocks.
block=$((0x$(cat /sys/devices/system/memory/block_size_bytes)))
keep_offline
start=$(printf '%#x' 0x18000000)
online()
{
	inject "$start:$(printf '%#x' "$block"):$TAG:0" && dax=$(dax_of "$TAG") &&
		total=$(awk '/MemTotal/ { print $2 }' /proc/meminfo) &&
		daxctl reconfigure-device --mode=system-ram "$dax" &&
		equal "$(driver_of "$dax")" kmem &&
		[ "$(awk '/MemTotal/ { print $2 }' /proc/meminfo)" -gt "$total" ]
}
ok "a DAX device becomes System RAM" online
# free pages of what has been made memory: it is movable, so that it can go again
movable()
{
	awk '/, zone / { zone = $4 } zone == "Movable" && /pages free/ { print $3 }' /proc/zoneinfo
}
fewer()
{
	after=$(movable)
	[ $((before - after)) -ge 4096 ] || { echo "of $before free pages $after are left"; return 1; }
}
# dd fills its memory, and keeps it as long as nobody reads what it writes
used()
{
	before=$(movable)
	dd if=/dev/zero bs=32M count=1 2>/dev/null | wait_for 20 fewer
}
ok "the kernel allocates from it" used
ram_wanted()
{
	forget
	put dc_del_extent "$start:$(printf '%#x' "$block"):$TAG" && handled &&
		equal "$(verdicts release)" deferred && [ -e "/sys/bus/dax/devices/$dax" ]
}
# the host says five lines of a device in 10 s at the most
uptime_now
since=$now
may_speak()
{
	uptime_now
	[ "$now" -ge $((since + 11)) ]
}
wait_for 20 may_speak
ok "a release request for online memory is deferred" ram_wanted
ok "the log says how to put it offline" said "deferred until daxctl offline-memory $dax"
ram_forced()
{
	put dc_force_del_extent "$start:$(printf '%#x' "$block"):$TAG" && handled &&
		[ -e "/sys/bus/dax/devices/$dax" ]
}
ok "a forced release leaves online memory alone" ram_forced
offline()
{
	offline_memory "$dax" &&
		equal "$(awk '/MemTotal/ { print $2 }' /proc/meminfo)" "$total"
}
ok "the extent is released when the memory is offline" offline
ram_again()
{
	online && daxctl offline-memory "$dax" &&
		release_extent "$start:$(printf '%#x' "$block"):$TAG" && gone "$dax"
}
ok "offline memory does not defer a release" ram_again
# The look that finds it offline comes at any time in the first 250 ms.
removed_later()
{
	insert cxl_offline_watch || return 1
	offlined=0
	for _ in 1 2 3; do
		online && ram_wanted && offline
		offlined=$((offlined + $?))
	done
	least=$(cat /sys/module/cxl_offline_watch/parameters/least_ms)
	echo "removed $least ms after it went offline"
	rmmod cxl_offline_watch && [ "$offlined" = 0 ] && [ "$least" -ge 240 ]
}
later="memory stays until those who put it offline have returned"
if modinfo cxl_offline_watch >/dev/null 2>&1 || [ -n "${CXL_DCD_MODULES:-}" ]; then
	ok "$later" removed_later
else
	skip "$later" "the test modules are missing"
fi
back()
{
	online && daxctl reconfigure-device --mode=devdax --force "$dax" &&
		equal "$(driver_of "$dax")" device_dax && daxmem "/dev/$dax" write 0 4M 5 &&
		daxmem "/dev/$dax" check 0 4M 5
}
ok "memory can become a DAX device again" back
online_as_before

destroyed()
{
	hold "$dax" && destroy_region "$region" && sigbus && equal "$(daxes)$(states)" ""
}
ok "a region is destroyed while a process maps its memory" destroyed
removed()
{
	region=$(create_region "$reserved_size") && inject "0x18000000:0x400000:$TAG:0" &&
		dax=$(dax_of "$TAG") && hold "$dax" && unload_mock && sigbus
}
ok "the device is removed while a process maps its memory" removed

# another device, as one may only say so much in the log
ok "the device is created again" load_reserved_mock
region=$(create_region "$reserved_size")
# unpin: the process lets go of the pages that it has, and ends well
unpin()
{
	exec 7>&-
	wait "$holder"
}
pinned()
{
	inject "0x18000000:0x400000:$TAG:0" && dax=$(dax_of "$TAG") && hold "$dax" pin || return 1
	forget
	put dc_del_extent "0x18000000:0x400000:$TAG" && handled &&
		equal "$(verdicts release)" deferred && has 0x18000000 releasing &&
		said "$dax: release requested while pages are pinned" &&
		unpin && wait_for 10 has_not 0x18000000 && gone "$dax"
}
ok "a page in a pipe defers a release, though it is not mapped" pinned
pinned_and_forced()
{
	inject "0x18000000:0x400000:$TAG:0" && dax=$(dax_of "$TAG") && hold "$dax" pin &&
		put dc_force_del_extent "0x18000000:0x400000:$TAG" && handled &&
		[ -e "/sys/bus/dax/devices/$dax" ] && fails daxmem "/dev/$dax" check 0 4M 1 &&
		unpin && wait_for 10 gone "$dax"
}
ok "a forced release waits for the page, but nobody can map it any more" pinned_and_forced

destroyed_later()
{
	inject "0x18000000:0x400000:$TAG:0" && dax=$(dax_of "$TAG") && hold "$dax" pin || return 1
	(exec 7>&- && destroy_region "$region") &
	wait_for 10 said "$dax: pages are pinned; region removal waits" &&
		[ -e "/sys/bus/dax/devices/$dax" ]
	waits=$?
	unpin && wait $! && [ "$waits" = 0 ] && equal "$(daxes)$(states)" ""
}
ok "region removal waits while a page is pinned" destroyed_later
ok "the device is removed" unload_mock
unwatch
unloaded()
{
	rmmod cxl_dcd && rmmod cxl_redirect && load_base
}
ok "nothing is left" unloaded

finish
