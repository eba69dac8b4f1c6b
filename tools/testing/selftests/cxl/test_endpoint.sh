#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What the host knows from an endpoint's CDAT it reads as the endpoint is bound, since the
# table goes as that is unbound: a region that still comes then must not look for it. The
# debug kernel would see it look at freed memory. That it does not a probe at the function
# that reads the table sees on all kernels.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./liar.sh
. ./host.sh

begin 8
load_base
need_no_mock
need_liar
[ -d /sys/kernel/tracing/instances ] || mount -t tracefs trace /sys/kernel/tracing
[ -e /sys/kernel/tracing/kprobe_events ] || skip_all "this kernel has no CONFIG_KPROBE_EVENTS"
watch
probes=/sys/kernel/tracing/kprobe_events

watch_cdat()
{
	echo 'p:cxl_dcd_test/cdat cxl_dcd:dcd_read_sharable' >>"$probes" &&
		echo 1 >"$trace/events/cxl_dcd_test/enable"
}
ok "reads of a CDAT can be traced" watch_cdat
loads()
{
	forget
	load_host_mock dc_total_size=1G dc_backing=phantom sharable=1 && wait_for 10 is_read
}
is_read()
{
	grep -q "cdat:" "$trace/trace"
}
ok "the CDAT is read when an endpoint is bound" loads

# sharable: extents of one tag and their sequence numbers are taken
sharable()
{
	put dc_inject_extent "0x0:0x200000:$TAG:1:0" && inject "0x200000:0x200000:$TAG:0:1" &&
		equal "$(verdicts verdict)" accepted
}
region_comes()
{
	forget
	region=$(create_region 512M) && ! is_read
}
ok "the CDAT is not read when a region is created" region_comes
ok "sharable capacity is still recognised" sharable
destroy_region "$region" || :

# The worker sleeps in a command, and the region's probe waits for it.
endpoint=$(mock_endpoint)
insert cxl_dcd_liar memdev="$mem"
dir_of_region()
{
	for dir in "$devices"/dax_region[0-9]*; do
		[ -e "$dir" ] && return
	done
	return 1
}
region_waits()
{
	echo 60000 >"$liar/delay" && echo 1 >"$liar/kick" &&
		wait_for 10 grep -q "busy 0" "$liar/status" || return 1
	forget
	create_region 512M >/tmp/region 2>&1 &
	creator=$!
	wait_for 10 dir_of_region
}
ok "a region is created while the worker is busy" region_waits
decoder_lost()
{
	set -- "$devices"/region[0-9]*
	region=${1##*/}
	(echo >"$1/target0") 2>/dev/null &
	remover=$!
	wait_for 10 lost_decoder "$1"
}
lost_decoder()
{
	equal "$(cat "$1/target0")" ""
}
unbound()
{
	decoder_lost && echo "$endpoint" >/sys/bus/cxl/drivers/cxl_port/unbind &&
		[ ! -e "$devices/$endpoint/CDAT" ] && [ -d "/proc/$creator" ]
}
ok "its decoder and the endpoint are removed meanwhile" unbound
comes_late()
{
	echo 0 >"$liar/delay" && { wait "$creator" || :; } && wait "$remover" && ! is_read
}
ok "the region is set up without a read of the CDAT" comes_late
all_goes()
{
	rmmod cxl_dcd_liar && echo "$region" >"$(realpath "$devices/$region/..")/delete_region" &&
		unload_mock && echo 0 >"$trace/events/cxl_dcd_test/enable" && unwatch &&
		echo '-:cxl_dcd_test/cdat' >>"$probes" && unload_all && load_base
}
ok "everything is removed" all_goes
finish
