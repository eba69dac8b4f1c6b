#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Who uses capacity is not disturbed by a request, and disturbs nobody else: not when
# the device wants capacity back, and not when a region goes over pages that are pinned.
# Needs memory that the kernel was booted without: memmap= or mem=.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./host.sh

begin 21
load_base
need_no_mock
need_reserved
need_program daxmem
need_kmem
watch
ok "a device on reserved memory loads" load_reserved_mock
first=$(create_region 256M)
create_region 256M
third=$(create_region 256M)
# where the second and the third begin, DPA
SECOND=0x10000000
THIRD=0x20000000

# One process maps the device and keeps doing so; each fault of it is a first one.
start_faults()
{
	inject "0x0:0x400000:$TAG:0" && dax=$(dax_of "$TAG") || return 1
	# else what the last one has said counts, until this one has its output
	rm -f /tmp/faults
	daxmem "/dev/$dax" fault 0 4M "$1" >/tmp/faults 2>&1 &
	faulter=$!
	wait_for 10 grep -q holding /tmp/faults
}
asked_all_the_time()
{
	start_faults $((4 * ${CXL_DCD_SLOW:-1})) || return 1
	forget
	put dc_del_extent "0x0:0x400000:$TAG" && handled &&
		equal "$(verdicts release)" deferred && has 0x0 releasing
}
ok "a process maps a DAX device again and again while its release is requested" asked_all_the_time
not_disturbed()
{
	status=0
	wait "$faulter" || status=$?
	cat /tmp/faults
	equal "$status" 0
}
ok "no fault, open or mmap fails meanwhile" not_disturbed
ok "the extent is released when the process ends" wait_for 10 has_not 0x0

# A mapping that nobody has touched is a use as well: without a fault, and without a file.
mapped_only()
{
	start_faults 1 && put dc_del_extent "0x0:0x400000:$TAG" && not_disturbed &&
		wait_for 10 has_not 0x0
}
ok "so is one whose user comes with the request" mapped_only

# pin DAX: a page of it is in a pipe, until exec 7>&-
pin()
{
	rm -f /tmp/hold /tmp/held
	mkfifo /tmp/hold
	daxmem "/dev/$1" pin 0 2M </tmp/hold >/tmp/held 2>&1 &
	holder=$!
	exec 7>/tmp/hold
	wait_for 10 grep -q holding /tmp/held
}
unpin()
{
	exec 7>&-
	wait "$holder"
}
# unbind REGION: in the background, as long as it takes
unbind()
{
	(exec 7>&- && echo "$1" >"$devices/$1/driver/unbind") &
	unbinder=$!
}
bind()
{
	echo "$1" >/sys/bus/cxl/drivers/cxl_region/bind
}
region_waits()
{
	inject "0x0:0x400000:$TAG:0" && dax=$(dax_of "$TAG") &&
		inject "$SECOND:0x200000:$TAG2:0" && pin "$dax" || return 1
	unbind "$first"
	wait_for 10 said "$dax: pages are pinned; region removal waits"
}
ok "region removal waits for a pinned page" region_waits
idle_goes()
{
	put dc_del_extent "$SECOND:0x200000:$TAG2" && wait_for 10 has_not "$SECOND"
}
ok "an idle extent of another region is released meanwhile" idle_goes
come_and_go()
{
	for _ in 1 2 3; do
		inject "$SECOND:0x200000:$TAG2:0" && equal "$(verdicts verdict)" accepted &&
			other=$(dax_of "$TAG2") && daxmem "/dev/$other" write 0 2M 1 &&
			release_extent "$SECOND:0x200000:$TAG2" && gone "$other" || return 1
	done
}
ok "extents of another region come and go" come_and_go
used_elsewhere()
{
	inject "$SECOND:0x200000:$TAG2:0" && other=$(dax_of "$TAG2") &&
		put dc_force_del_extent "$SECOND:0x200000:$TAG2" && handled && gone "$other"
}
ok "forced releases of other extents are done meanwhile" used_elsewhere
region_goes()
{
	inject "$THIRD:0x200000::0" && destroy_region "$third" && wait_for 10 has_not "$THIRD"
}
ok "another region is destroyed meanwhile" region_goes
region_comes()
{
	third=$(create_region 256M) && inject "$THIRD:0x200000::0" &&
		equal "$(verdicts verdict)" accepted && release_extent "$THIRD:0x200000:"
}
ok "another region is created meanwhile" region_comes
to_what_goes()
{
	inject "0x1000000:0x200000::0" && equal "$(verdicts verdict)" no-region
}
ok "offers under the region that is being removed are refused" to_what_goes
still_waits()
{
	[ -d "/proc/$unbinder" ] && [ -e "/sys/bus/dax/devices/$dax" ] && has 0x0 accepted
}
ok "the region is still there" still_waits
region_gone()
{
	unpin && wait "$unbinder" && gone "$dax" && has_not 0x0
}
ok "the region is removed when the page is unpinned" region_gone

# Who waits for a page may have it: it can be killed, and the page stays.
killed()
{
	bind "$first" && inject "0x0:0x400000:$TAG:0" && dax=$(dax_of "$TAG") &&
		daxmem "/dev/$dax" write 0 2M 6 && pin "$dax" || return 1
	unbind "$first"
	wait_for 10 said "$dax: pages are pinned; region removal waits" || return 1
	kill -9 "$unbinder"
	status=0
	wait "$unbinder" || status=$?
	equal "$status" 137 && wait_for 10 gone "$dax" && said "$dax: wait for pinned pages interrupted"
}
ok "a process that waits for a pinned page can be killed" killed
kept()
{
	forget
	put dc_del_extent "0x0:0x400000:$TAG" && handled &&
		equal "$(verdicts release)" deferred && has 0x0 releasing &&
		said "release requested while pages are pinned; not released"
}
ok "the capacity is not released as long as the page is pinned" kept
released_now()
{
	put dc_del_extent "0x0:0x400000:$TAG" && handled && has_not 0x0
}
given_back()
{
	unpin && wait_for 10 released_now
}
ok "the capacity is released once the page is unpinned" given_back
again()
{
	bind "$first" && inject "0x0:0x400000:$TAG:0" && dax=$(dax_of "$TAG") &&
		equal "$(driver_of "$dax")" device_dax && daxmem "/dev/$dax" write 0 4M 7 &&
		release_extent "0x0:0x400000:$TAG"
}
ok "the capacity can be used again" again

# kmem is asked before device_dax if it was there before.
block=$(printf '%#x' $((0x$(cat /sys/devices/system/memory/block_size_bytes))))
kmem_first()
{
	modprobe -r kmem device_dax && modprobe kmem && modprobe device_dax
}
inherited()
{
	inject "$SECOND:$block:$TAG2:0" && dax=$(dax_of "$TAG2") &&
		equal "$(driver_of "$dax")" device_dax &&
		daxctl reconfigure-device --mode=system-ram "$dax" &&
		equal "$(driver_of "$dax")" kmem && daxctl offline-memory "$dax" &&
		release_extent "$SECOND:$block:$TAG2" && inject "$SECOND:$block:$TAG:0" &&
		equal "$(dax_of "$TAG")" "$dax" && equal "$(driver_of "$dax")" device_dax &&
		release_extent "$SECOND:$block:$TAG"
}
keep_offline
if kmem_first; then
	ok "a former System RAM device comes back as device_dax" inherited
else
	skip "a former System RAM device comes back as device_dax" "kmem or device_dax is in use"
fi
online_as_before

ok "the device is removed" unload_mock
unwatch
unloaded()
{
	wait_for 20 rmmod cxl_dcd && rmmod cxl_redirect && load_base
}
ok "nothing is left" unloaded

finish
