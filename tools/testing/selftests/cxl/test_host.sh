#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The host with the mock: extents and DAX devices of what it accepts, and how
# they go. There is no memory behind the capacity. Which offers are accepted is
# in test_accept.sh, what is mapped in test_memory.sh.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./host.sh

begin 47
load_base
need_no_mock
modprobe device_dax
# notifications only: what is not notified is not seen
poll=/sys/module/cxl_dcd/parameters/poll_ms
was_poll=$(cat $poll)
echo 0 >$poll
watch

ok "a device loads" load_host_mock dc_total_size=1G dc_backing=phantom
no_region()
{
	inject "0x0:0x8000000:$TAG:0" && equal "$(verdicts verdict)" no-region &&
		equal "$(states)" ""
}
ok "an offer without a region is refused by a response" no_region
ok "the log says how to create one" \
	said "not mapped by a region of this device alone: create one with cxl"

region=$(create_region 512M)
dir=$devices/dax_region${region#region}
chain()
{
	put dc_inject_extent "0x10000000:0x8000000:$TAG:1" && usleep 300000 &&
		equal "$(daxes)" "" && inject "0x0:0x200000:$TAG:0"
}
ok "a chain is answered once its last record has come" chain
ok "a chain of one tag has one verdict" equal "$(verdicts verdict)" accepted
ok "the device lists the extents as accepted" equal "$(states)" "0x0 0x200000 accepted
0x10000000 0x8000000 accepted"

# extents: of the region, "<offset> <length> <uuid>" a line, in order of their names
extents()
{
	for extent in "$dir"/extent*; do
		[ -e "$extent" ] || continue
		echo "$(cat "$extent/offset") $(cat "$extent/length") $(cat "$extent/uuid" 2>/dev/null)"
	done
}
ok "its extents are devices, in order of arrival" equal "$(extents)" \
	"0x10000000 0x8000000 $TAG
0x0 0x200000 $TAG"
dax=$(daxes)
path=/sys/bus/dax/devices/$dax
ok "the tag group becomes one DAX device" test -d "$path"
ok "the DAX device is as large as its extents" equal "$(cat "$path/size")" $((0x8200000))
ok "daxctl lists the DAX device" equal "$(daxctl list -d "$dax" | jq '.[0].size')" $((0x8200000))
# what the mappings of the DAX device are, "<page offset> <start in the region>"
mappings()
{
	start=$(cat "$devices/$region/resource")
	for mapping in "$path"/mapping[0-9]*; do
		printf '%#x %#x\n' "$(cat "$mapping/page_offset")" \
			$(($(cat "$mapping/start") - start))
	done
}
ok "the mappings of the DAX device are its extents, in their order" \
	equal "$(mappings)" "0 0x10000000
0x8000 0"
ok "the DAX device shows its tag as uuid" equal "$(cat "$path/uuid")" "$TAG"
there_and_back()
{
	set -- "$path"/extent*
	[ $# = 2 ] || return 1
	for extent; do
		equal "$(realpath "$extent/dax")" "$(realpath "$path")" || return 1
	done
}
ok "DAX device and extents have links to each other" there_and_back
ok "the DAX device is found by its tag" equal "$(dax_of "$TAG")" "$dax"

# refused COMMAND ERROR
refused()
{
	! eval "$1" 2>/tmp/error && cat /tmp/error && grep -q "$2" /tmp/error
}
ok "no driver can be bound to a DAX device without memory" \
	refused "echo $dax | dd of=/sys/bus/dax/drivers/device_dax/bind" \
	"No such device or address"
late_driver()
{
	modprobe -r device_dax && modprobe device_dax && ! [ -e "$path/driver" ]
}
ok "nor a driver that is loaded later" late_driver
ok "the size of the DAX device cannot be changed" refused "echo 2097152 | dd of=$path/size" \
	"not supported"
ok "the alignment of the DAX device cannot be changed" \
	refused "echo 4096 | dd of=$path/align" denied
ok "the alignment can be read" equal "$(cat "$path/align")" 2097152
closed()
{
	[ ! -e "$path/mapping" ] && equal "$(cat "$dir/dax_region/available_size")" 0 &&
		refused "echo 1 | dd of=$dir/dax_region/create" "No space left"
}
ok "nobody else can allocate from the region" closed

number_of_daxes()
{
	equal "$(daxes | wc -l)" "$1"
}
untagged()
{
	inject "0x8000000:0x200000::0" && inject "0x8200000:0x200000::0" &&
		number_of_daxes 3 && set -- "$dir"/extent*.3 && [ -e "$1/offset" ] &&
		! [ -e "$1/uuid" ]
}
ok "extents without a tag are DAX devices of their own, without uuid" untagged
null_uuid()
{
	equal "$(cat /sys/bus/dax/devices/dax*/uuid | sort | uniq -c | xargs)" \
		"2 00000000-0000-0000-0000-000000000000 1 $TAG"
}
ok "the uuid of these DAX devices is null" null_uuid

# release EXTENT: <dpa>:<length>:<tag>, and wait for the verdict
release()
{
	forget
	put dc_del_extent "$1" && handled && seen release "${2:-1}"
}
partial()
{
	release "0x10000000:0x200000:$TAG" 2 && equal "$(verdicts release)" "released
released" && gone "$dax" && equal "$(states)" "0x8000000 0x200000 accepted
0x8200000 0x200000 accepted"
}
ok "release of a part releases the group" partial
# What the host should judge reaches it, and the write returns when it has.
judged()
{
	forget
	put dc_inject_extent "0x8000000:0x400000:$TAG:0" && log_empty && seen verdict &&
		equal "$(verdicts verdict)" overlap
}
ok "an offer that overlaps is rejected by the host" judged
# The record is skipped, as the device has the extent as accepted. Its offer here waits for
# an answer all the same, and gets one before the next.
twice()
{
	forget
	put dc_inject_extent "0x8000000:0x200000::0" && log_empty && seen verdict &&
		equal "$(verdicts verdict)" listed && inject "0x9000000:0x200000::0" &&
		equal "$(verdicts verdict)" accepted && release_extent "0x9000000:0x200000:"
}
ok "an offer that was answered before is skipped, and the next is accepted" twice
lacks()
{
	forget
	put dc_del_extent "0x20000000:0x200000:$TAG" && log_empty && seen release
}
ok "a release of capacity not in use is answered" lacks
at_once()
{
	echo 0 >"$dev/dc_event_wait_ms" && equal "$(cat "$dev/dc_event_wait_ms")" 0 &&
		put dc_inject_extent "0x9000000:0x200000::0" && handled &&
		echo 5000 >"$dev/dc_event_wait_ms" && put dc_del_extent "0x9000000:0x200000:" &&
		has_not 0x9000000
}
ok "writers of control files can wait for the host, or not" at_once

again()
{
	inject "0x0:0x200000:$TAG:0" && equal "$(verdicts verdict)" accepted
}
ok "a released extent can be offered again" again
both()
{
	release "0x8000000:0x400000:" 2 && number_of_daxes 1
}
ok "one release over two groups releases both" both
force()
{
	forget
	put dc_force_del_extent "$1" && handled &&
		equal "$(verdicts release)" forced
}
ok "a forced release removes the DAX device" force "0x0:0x200000:$TAG"
ok "a forced release leaves nothing behind" equal "$(daxes)$(extents)$(states)" ""
# The rest of its group goes with it, and the device has it back.
force_part()
{
	put dc_inject_extent "0x10000000:0x400000:$TAG:1" && inject "0x0:0x800000:$TAG:0" &&
		forget && put dc_force_del_extent "0x200000:0x200000:$TAG" && handled &&
		equal "$(verdicts release | sort -u)" forced && equal "$(daxes)$(states)" ""
}
ok "a forced release of a part removes the group" force_part

many()
{
	for i in $(seq 0 59); do
		put dc_inject_extent "$((i * 0x800000)):0x200000::0" || return 1
	done
	wait_for 20 number_of_daxes 60 && handled
}
ok "60 offers in a row are accepted" many
destroy()
{
	forget
	destroy_region "$region" && equal "$(verdicts release | sort | uniq -c | xargs)" "60 released" &&
		equal "$(daxes)$(states)" ""
}
ok "destroying the region releases all extents" destroy

# What was over the device outlives it, without its decoders: cxl cannot help.
forget_regions()
{
	for left in "$devices"/region[0-9]*; do
		[ ! -e "$left" ] || echo "${left##*/}" >"$(realpath "$left/..")/delete_region"
	done
}

# busy REGION-SIZE: a region with two groups
busy()
{
	forget_regions
	region=$(create_region "$1") && inject "0x0:0x200000:$TAG:0" &&
		inject "0x400000:0x200000::0" && number_of_daxes 2
}
unbind_memdev()
{
	busy 512M && echo "$mem" >/sys/bus/cxl/drivers/cxl_mem/unbind &&
		equal "$(daxes)$(states)" ""
}
ok "unbinding the memdev's driver releases all extents" unbind_memdev
bind_memdev()
{
	echo "$mem" >/sys/bus/cxl/drivers/cxl_mem/bind && wait_for 10 mock_endpoint && busy 512M
}
ok "the memdev's driver can be bound again" bind_memdev
unbind_device()
{
	echo "${dev##*/}" >/sys/bus/platform/drivers/cxl_mock_dcd/unbind && equal "$(daxes)" "" &&
		equal "$(states)" ""
}
ok "unbinding the device's driver releases all extents" unbind_device
bind_device()
{
	echo "${dev##*/}" >/sys/bus/platform/drivers/cxl_mock_dcd/bind &&
		wait_for 10 mock_memdev && mem=$(mock_memdev) && busy 512M
}
ok "the device's driver can be bound again" bind_device

# A region that has lost its decoder takes long to go, and nothing tells the core that
# the device which goes meanwhile is in use.
begins_to_go()
{
	set -- "$dir"/extent*
	[ $# -lt 102 ]
}
unbind_under_region()
{
	for i in $(seq 2 101); do
		put dc_inject_extent "$((i * 0x400000)):0x200000::0" || return 1
		# the log has room for so many
		[ $((i % 50)) != 0 ] || handled || return 1
	done
	wait_for 60 number_of_daxes 102 && handled || return 1
	dir=$devices/dax_region${region#region}
	echo >"$devices/$region/target0" &
	wait_for 20 begins_to_go &&
		echo "${dev##*/}" >/sys/bus/platform/drivers/cxl_mock_dcd/unbind &&
		equal "$(daxes)" "" && wait $!
}
ok "unbinding waits for a region that is removed without its decoder" unbind_under_region
ok "nothing is left of that region" equal "$(daxes)$(states)" ""
ok "the driver can be bound after that" bind_device
pinned()
{
	! rmmod cxl_dcd 2>/tmp/error && grep -q "in use" /tmp/error
}
ok "cxl_dcd cannot be unloaded while a device uses it" pinned
ok "the mock is unloaded while extents are in use" unload_mock
ok "its regions and DAX devices are gone" equal "$(daxes)" ""

poll_refused()
{
	for text in "" -1 +5 5x "5 " 08 0x1_ 4294967296 99999999999999999999; do
		! echo "$text" >"$poll" 2>/dev/null || { echo "'$text' was accepted"; return 1; }
	done
	echo 0x10 >"$poll" && equal "$(cat "$poll")" 16 && echo "$was_poll" >"$poll" &&
		log | grep -q 'cxl_dcd: poll_ms=5x: must be a number of milliseconds from 0'
}
ok "poll_ms takes a number and nothing else" poll_refused
polled()
{
	rmmod cxl_dcd && load_base && [ "$(cat "$poll")" = "$was_poll" ] &&
		load_host_mock dc_total_size=1G dc_backing=phantom && unload_mock
}
ok "cxl_dcd can be loaded again" polled
unwatched()
{
	unwatch && rmmod cxl_dcd && rmmod cxl_redirect && load_base
}
ok "the modules can be unloaded" unwatched

finish
