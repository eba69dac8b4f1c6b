#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Errors of the media and the health of the device, which a user injects: what the trace
# events of the core and cxl monitor show of them, and where the core places them.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./lib-dcdctl.sh

TAG=11111111-2222-3333-4444-555555555555
tracing=/sys/kernel/tracing

begin 16
need_dcdctl
load_base
need_no_mock
[ -d $tracing/events/cxl/cxl_general_media ] ||
	skip_all "this kernel has no trace event cxl:cxl_general_media (CONFIG_TRACING)"
modprobe device_dax
load_mock dc_total_size=1G num_dc_regions=2 dc_backing=phantom
mem=$(mock_memdev)
inject=$(realpath "$devices/$mem/..")/inject_event

mkdir $tracing/instances/media
trace=$tracing/instances/media
for event in general_media dram memory_module overflow; do
	echo 1 >$trace/events/cxl/cxl_$event/enable
done

# traced PATTERN...: one event since the last time, whose line has each of them
traced()
{
	traced_event cxl_ "$@"
}
# event WORDS...: with dcdctl; it returns when the host has read the log
event()
{
	dcdctl event "$mem" "$@"
}
ok "a general media record in the informational log" eval "event --type general_media --at 0x1000 &&
	traced 'cxl_general_media: memdev=$mem ' log=Informational 'dpa=1000 ' \
		\"transaction_type='Host Read'\" 'channel=1 rank=2'"
ok "a DRAM record in the failure log is uncorrected" \
	eval "event --type dram --log failure --at 2M &&
	traced 'cxl_dram: memdev=$mem ' log=Failure 'dpa=200000 ' UNCORRECTABLE 'bank_group=3 bank=4'"
ok "a memory module record in the warning log" eval "event --type memory_module --log warning &&
	traced 'cxl_memory_module: memdev=$mem ' log=Warning \"event_type='Health Status Change'\" \
		'device_temp=25 '"
device_events()
{
	while read -r event name; do
		event --type memory_module --device-event "$event" &&
			traced log=Informational "event_type='$name'" "device_temp=25 " || return 1
	done <<-EOL
		health Health Status Change
		media Media Status Change
		life_used Life Used Change
		temperature Temperature Change
		data_path Data Path Error
		lsa LSA Error
	EOL
	# which 6.12 has no names for
	for event in sideband_bus media_fru power; do
		event --type memory_module --device-event "$event" &&
			traced "event_type='\(0x[678]\|[A-Z][A-Za-z ]*\)'" || return 1
	done
}
ok "a memory module record says what has happened" device_events
ok "a poison record in the fatal log says that a host injected it" \
	eval "event --type poison --log fatal --at 64 &&
	traced 'cxl_general_media: memdev=$mem ' log=Fatal 'dpa=40 ' \
		\"transaction_type='Host Inject Poison'\""
ok "records outside a region have no HPA" \
	eval "event --type dram --at 0 && traced 'hpa=ffffffffffffffff'"

region=$(create_region 512M) || region=
start=$(cat "$devices/$region/resource")
hpa()
{
	dcdctl add "$mem" --at 64M --size 64M --tag "$TAG" --wait=60 >/tmp/out &&
		event --type general_media --at 0x4001000 &&
		traced "dpa=4001000 " "region=$region " \
			"$(printf 'hpa=%x ' $((start + 0x4001000)))"
}
ok "records in an extent have the HPA of the region" hpa
dram_hpa()
{
	event --type dram --at 0x7ffffc0 && traced "region=$region " \
		"$(printf 'hpa=%x ' $((start + 0x7ffffc0)))"
}
ok "so does a record at the last byte" dram_hpa
overflow()
{
	event --type dram --at 0 --count 70 || return 1
	grep -c 'cxl_dram:' "$trace/trace" >/tmp/nr
	grep cxl_overflow "$trace/trace" >/tmp/traced
	echo >"$trace/trace"
	equal "$(cat /tmp/nr)" 64 && equal "$(wc -l </tmp/traced)" 1 &&
		grep -q "log=Informational : 6 records" /tmp/traced
}
ok "an overflow of the log is reported with the number of lost records" overflow
ok "the log has room again after that" eval "event --type dram --at 0 && traced cxl_dram"
ok "extents are added and released meanwhile" eval "event --type dram --at 0 --count 100 &&
	dcdctl release $mem --tag $TAG --wait=60 && echo >$trace/trace"

monitored()
{
	cxl monitor -l /tmp/monitored >/tmp/error 2>&1 &
	monitor=$!
	wait_for 60 eval "event --type general_media --log warning --at 0x2000 &&
		grep -q cxl_general_media /tmp/monitored"
	status=$?
	[ "$status" = 0 ] || cat /tmp/error
	kill "$monitor" || :
	wait "$monitor" || :
	echo >"$trace/trace"
	[ "$status" = 0 ] && grep -q "\"memdev\":\"$mem\"" /tmp/monitored
}
ok "cxl monitor shows the records" monitored
usage()
{
	while IFS='|' read -r words text; do
		# shellcheck disable=SC2086 # words
		ends 2 "$text" dcdctl event $words || return 1
	done <<-EOL
		$mem|--type is missing
		$mem --type ram|--type ram: must be
		$mem --type dram|--at is missing
		$mem --type memory_module --at 0|omit --at
		$mem --type memory_module --device-event bad|--device-event bad: must be health, media
		$mem --type dram --at 0 --device-event lsa|only a memory_module record has it
		$mem --type dram --at 0 --log bad|--log bad: must be
		$mem --type dram --at 0 --count 0|--count 0: must be
		$mem --type dram --at 0 --count 1001|--count 1001: must be
		--qmp=x $mem --type dram --at 0|--qmp: not supported
	EOL
}
ok "invalid arguments: 2, and one line" usage
ok "a DPA outside the device: the device's reason" ends 1 \
	"DPA 0x40000000: must be a multiple of 64 below 0x40000000" dcdctl event "$mem" --type dram --at 1G
raw()
{
	echo dram:info:0x40 >"$inject" && traced "dpa=40 " || return 1
	for line in dram dram:info dram:5:0 dram:info:0:0 dram:info:0:1001 memory_module:info:0 \
		memory_module:info:lsa:0 dram:info:lsa dram:info:33 dram:info:0x40000000; do
		if { echo "$line" >"$inject"; } 2>/dev/null; then
			echo "$line was taken"
			return 1
		fi
	done
	! grep -q cxl_ "$trace/trace" && log | tail -n 1 | grep -q "inject_event: dram:info:0x40000000: DPA"
}
ok "inject_event refuses invalid lines" raw
rmdir $trace
destroy_region "$region"
ok "all modules unload" unload_mock

finish
