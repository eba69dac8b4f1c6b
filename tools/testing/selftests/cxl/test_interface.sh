#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What the host shows by the names that the kernel's own Dynamic Capacity series has:
# the partition, the mode of decoders and regions, extents, trace events.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./host.sh

begin 26
load_base
need_no_mock
load_host_mock dc_total_size=1G dc_backing=phantom
endpoint=$(mock_endpoint)
root=$devices/$(mock_root_decoder)
decoder=$devices/decoder${endpoint#endpoint}.0

# refused FILE TEXT ERROR
refused()
{
	! echo "$2" | dd of="$1" 2>/tmp/error && cat /tmp/error && grep -q "$3" /tmp/error
}

# by_name MODE: a region as a script for the kernel's own host makes it
by_name()
{
	read -r region <"$root/create_$1_region" &&
		echo "$region" >"$root/create_$1_region" &&
		echo "$1" >"$decoder/mode" && echo $((1 << 29)) >"$decoder/dpa_size" &&
		echo 1 >"$devices/$region/interleave_ways" &&
		echo 256 >"$devices/$region/interleave_granularity" &&
		echo $((1 << 29)) >"$devices/$region/size" &&
		echo "${decoder##*/}" >"$devices/$region/target0" &&
		echo 1 >"$devices/$region/commit" &&
		echo "$region" >/sys/bus/cxl/drivers/cxl_region/bind
}

for mode in dynamic_ram dynamic_ram_1; do
	ok "$mode: the partition has its size" equal "$(attr $mode/size)" 0x40000000
	ok "$mode: and its QoS class" equal "$(attr $mode/qos_class)" "$(attr ram/qos_class)"
	ok "$mode: the root decoder is capable of it" equal "$(cat "$root/cap_$mode")" 1
	ok "$mode: and says which region would come next" \
		equal "$(cat "$root/create_${mode}_region")" "$(cat "$root/create_ram_region")"
	ok "$mode: no other can be created" refused "$root/create_${mode}_region" \
		region99 "busy\|Invalid"
	ok "$mode: a region is created" by_name $mode
	ok "$mode: it shows that mode" equal "$(cat "$devices/$region/mode")" $mode
	ok "$mode: so does its decoder" equal "$(cat "$decoder/mode")" $mode
	ok "$mode: it is destroyed" destroy_region "$region"
done

not_interleaved()
{
	read -r region <"$root/create_dynamic_ram_region" &&
		echo "$region" >"$root/create_dynamic_ram_region" &&
		refused "$devices/$region/interleave_ways" 2 "Invalid argument" &&
		said "interleave_ways=2: must be 1, Dynamic Capacity cannot be interleaved" &&
		echo "$region" >"$root/delete_region"
}
ok "a region of that mode is not interleaved" not_interleaved
ok "a decoder takes no other name" refused "$decoder/mode" dynamic_rom "Invalid argument"

region=$(cxl_create_region 1G) || region=
ok "packaged cxl creates a region of mode ram" test -n "$region"
ok "a region of mode ram shows that mode" equal \
	"$(cat "$devices/$region/mode") $(cat "$decoder/mode")" "ram ram"

watch
numbers()
{
	for name in "$devices/dax_$region"/extent*; do
		[ ! -e "$name" ] || echo "${name##*.}"
	done | sort | xargs
}
lowest_free()
{
	inject "0x0:0x200000:$TAG:0" && inject 0x200000:0x200000::0 &&
		inject "0x400000:0x200000:$TAG2:0" && equal "$(numbers)" "1 2 3" &&
		release_extent 0x200000:0x200000: && equal "$(numbers)" "1 3" &&
		inject 0x800000:0x200000::0 && equal "$(numbers)" "1 2 3"
}
ok "extents are numbered from 1, by the lowest number that is free" lowest_free
record()
{
	forget
	put dc_inject_extent "0xa00000:0x400000:33333333-4444-5555-6666-777777777777:0" &&
		handled && cat "$trace/trace" && grep -q "cxl_dynamic_capacity: memdev=$mem host=${dev##*/} serial=[0-9]* log=Dynamic Capacity : time=[0-9]* uuid=ca95afa7-f183-4018-8c2f-95268e101a2a len=128 flags='[^']*' handle=[0-9a-f]* related_handle=0 maint_op_class=0 maint_op_sub_class=0 ld_id=0 head_id=0 : event_type='Add capacity' host_id='0' updated_region_index='255' starting_dpa=a00000 length=400000 tag=33333333-4444-5555-6666-777777777777 shared_extent_sequence=0" "$trace/trace"
}
ok "a record is traced with upstream's fields and text" record
listens()
{
	grep -q 1 /sys/kernel/tracing/instances/cxl_monitor/events/cxl/cxl_dynamic_capacity/enable
}
monitored()
{
	rm -f /tmp/monitor
	cxl monitor -l /tmp/monitor &
	monitor=$!
	wait_for 60 listens && release_extent 0xa00000:0x400000:33333333-4444-5555-6666-777777777777 &&
		wait_for 60 grep '"event":"cxl_dynamic_capacity".*"memdev":"'"$mem"'"' /tmp/monitor
	status=$?
	kill "$monitor"
	wait "$monitor" || :
	[ "$status" = 0 ] || cat /tmp/monitor
	return "$status"
}
ok "cxl monitor shows it" monitored
unwatch

restored()
{
	unload_mock && rmmod cxl_dcd && set -- "$devices"/decoder*/*dynamic* && [ ! -e "$1" ]
}
ok "without cxl_dcd no decoder has these names" restored
rmmod cxl_redirect || :

finish
