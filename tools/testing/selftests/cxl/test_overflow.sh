#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# An event log that was full: what it has lost the host makes up for by the list of
# extents, and says so. The mock's log loses only forced releases: what else a device's log
# can lose is the liar's doing.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./liar.sh
. ./host.sh

begin 12
load_base
need_no_mock
need_liar
watch
load_host_mock dc_total_size=1G dc_backing=phantom
region=$(create_region 1G)
insert cxl_dcd_liar memdev="$mem"

given()
{
	tail -n +2 "$debug/extents" | awk '$NF != "offered" { print $1, $2 }' | sort
}
taken()
{
	for extent in "$devices/dax_region${region#region}"/extent*; do
		[ ! -e "$extent" ] || echo "$(cat "$extent/offset") $(cat "$extent/length")"
	done 2>/dev/null | sort
}
# agree: device and host on who has what; the region begins at 0
agree()
{
	equal "$(taken)" "$(given)"
}
# lost NUMBER: a line says so
lost()
{
	said "event log overflow: $1 Add or Release Capacity records lost"
}

extents()
{
	inject 0x0:0x200000::0 && inject 0x200000:0x200000::0 &&
		put dc_inject_extent "0x400000:0x200000:$TAG:1" &&
		inject "0x800000:0x200000:$TAG:0" && equal "$(daxes | wc -l)" 3 && agree
}
ok "three allocations, of which one has two extents" extents

# The line is not kept away by others.
refused()
{
	[ "$(log | grep -c 'release request ignored: must lie within one DC region')" -ge 5 ]
}
noise()
{
	tell release:100 0x4000000000000:0x200000: && echo 1 >"$liar/kick" &&
		wait_for 20 refused
}
ok "other messages are logged up to their limit" noise
# the rest of its group goes with it, and the device has it back
forced()
{
	tell overflow:2 && put dc_force_del_extent "0x800000:0x200000:$TAG" &&
		wait_for 20 agree && wait_for 20 lost 2 && equal "$(daxes | wc -l)" 2 &&
		equal "$(states)" "0x0 0x200000 accepted
0x200000 0x200000 accepted" && tell none && release_extent 0x200000:0x200000:
}
ok "a forced release is lost: the extent list reveals it" forced
asked()
{
	tell overflow:3 && put dc_del_extent 0x0:0x200000: && handled && wait_for 20 lost 3 &&
		agree && equal "$(states)" "0x0 0x200000 releasing" && tell none &&
		release_extent 0x0:0x200000: && agree
}
ok "a release is lost: the device asks again" asked
# It waits for an answer, and takes the next one for it.
offered()
{
	tell overflow:4 && put dc_inject_extent 0x1000000:0x200000::0 && handled &&
		wait_for 20 lost 4 && equal "$(states)" "0x1000000 0x200000 offered" &&
		tell none && inject 0x2000000:0x200000::0 &&
		equal "$(states)" "0x2000000 0x200000 accepted" && agree &&
		inject 0x1000000:0x200000::0 && agree
}
ok "an offer is lost: the next is accepted, and it can be made again" offered
# The last record of a chain may be among the lost.
open_chain()
{
	forget
	put dc_inject_extent 0x3000000:0x200000::1 && wait_for 10 log_empty &&
		tell overflow:5 && put dc_inject_extent 0x3200000:0x200000::0 && handled &&
		wait_for 20 lost 5 && equal "$(verdicts verdict)" chain-broken && tell none &&
		inject 0x3400000:0x200000::0 && agree
}
ok "the end of a chain is lost: it is answered, and the next accepted" open_chain

# The mock has what does not fit into the log wait, but only of one request: what is taken
# by force then is lost.
start=0x4000000
many()
{
	for i in $(seq 0 89); do
		put dc_inject_extent "$((start + i * 0x200000)):0x200000::$((i % 45 != 44))" ||
			return 1
	done
	handled && agree && equal "$(given | wc -l)" 93
}
ok "90 more extents are accepted" many
taken_at_once()
{
	echo 1000 >"$liar/delay" && echo 0 >"$dev/dc_event_wait_ms" &&
		put dc_del_extent "$start:$((70 * 0x200000)):" &&
		put dc_force_del_extent "$((start + 70 * 0x200000)):$((20 * 0x200000)):"
	taken=$?
	echo 0 >"$liar/delay" && echo 5000 >"$dev/dc_event_wait_ms" && return "$taken"
}
ok "70 release requests and 20 forced releases come before the host reads the log" taken_at_once
made_up()
{
	wait_for 60 agree && wait_for 20 log_empty && agree && equal "$(given | wc -l)" 3 &&
		wait_for 20 lost 20 && said "shows a forced release of 20 extents in use"
}
ok "their records are lost, and all 90 extents are gone" made_up

# worker SEED WHAT: offers or takes back what comes by chance, until /tmp/stop is there
worker()
{
	seed=$1
	while [ ! -e /tmp/stop ]; do
		seed=$(((seed * 1103515245 + 12345) & 0x7fffffff))
		extent=$((seed / 65536 % 128 * 0x400000)):0x200000:
		case $2,$((seed / 8192 % 3)) in
		offer,*) echo "$extent:0" >"$dev/dc_inject_extent" ;;
		force,0 | take,*) echo "$extent" >"$dev/dc_del_extent" ;;
		force,*) echo "$extent" >"$dev/dc_force_del_extent" ;;
		esac || :
	done 2>/dev/null
}
# load TAKE: two that offer and two that take back, none of whom waits for the host
load()
{
	rm -f /tmp/stop
	echo 0 >"$dev/dc_event_wait_ms"
	worker 1 offer & one=$!
	worker 2 offer & two=$!
	worker 3 "$1" & three=$!
	worker 4 "$1" & four=$!
	uptime_now
	until=$((now + 10))
	while [ "$now" -lt "$until" ]; do
		usleep 500000
		uptime_now
	done
	touch /tmp/stop
	wait "$one" "$two" "$three" "$four"
	echo 5000 >"$dev/dc_event_wait_ms"
	wait_for 120 log_empty && wait_for 60 agree && inject 0x30000000:0x200000::0 && agree &&
		release_extent 0x30000000:0x200000: && agree
}
ok "under load host and device agree in the end" load take
ok "so do they under load with many forced releases" load force

gone()
{
	rmmod cxl_dcd_liar && destroy_region "$region" && equal "$(states)" "" && unload_mock &&
		unwatch && unload_all && load_base
}
ok "everything is removed" gone
finish
