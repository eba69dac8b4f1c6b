#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Several memory devices under one window: each has its own Dynamic Capacity, of which
# none comes to a region over more than one; regions over the static capacity of 2, 4 and
# 8 of them.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./lib-dcdctl.sh

TAG=11111111-2222-3333-4444-555555555555
M=0x100000

begin 20
need_dcdctl
need_reserved
# how many devices have room there, with 256M each
case $reserved_size in
*G) room=$((${reserved_size%G} * 4)) ;;
*M) room=$((${reserved_size%M} / 256)) ;;
*) room=0 ;;
esac
load_base
need_no_mock
. ./lib-configfs.sh
modprobe device_dax
insert cxl_mock_dcd
# static capacity comes as memory, which a region that is destroyed cannot be
online=/sys/devices/system/memory/auto_online_blocks
[ ! -e $online ] || { was_online=$(cat $online) && echo offline >$online; }

# memdevs NAME: of the devices of that directory, in order
memdevs()
{
	cxl list -b "cxl_mock_dcd-$1" -M | jq -r 'sort_by(.serial) | .[].memdev' | xargs
}
# decoder_of NAME: its root decoder
decoder_of()
{
	cxl list -b "cxl_mock_dcd-$1" -D -d root | jq -r '.[0].decoder'
}
# region FILTER: of what cxl list says of the region $made
region()
{
	cxl list -r "$made" -R | jq -c ".[0] | $1"
}

dcdctl create a --size 512M --backing phantom --devices 2 --serial 0x100 >/tmp/out
first=$(jq -er '.[0].memdev' /tmp/out)
second=$(jq -er '.[1].memdev' /tmp/out)
printed()
{
	equal "$(jq -c '[.[] | .serial, .name, .dc_regions[0].size]' /tmp/out)" \
		'[256,"a",536870912,65792,null,536870912]' &&
		dcdctl list >/tmp/list && equal "$(jq -c . /tmp/out)" "$(jq -c . /tmp/list)"
}
ok "dcdctl create prints both, as list does" printed
# cxl lists a memdev when its driver has it
both_listed()
{
	equal "$(memdevs a)" "$first $second"
}
two()
{
	wait_for 20 both_listed &&
		equal "$(cxl list -b cxl_mock_dcd-a -M | jq -c '[.[].serial] | sort')" "[256,65792]" &&
		equal "$(cxl list -b cxl_mock_dcd-a -D -d root | jq -c '[.[] | .size, .nr_targets]')" \
			"[1073741824,1]"
}
ok "two devices, a serial number each, and a window for both" two
ports()
{
	equal "$(cxl list -b cxl_mock_dcd-a -P -T | jq -c '[.. | .nr_dports? // empty]')" "[2]"
}
ok "one bridge, and a root port for each" ports
ok "a directory is its first device, each has an FM's device" eval \
	"equal \"\$(dcdctl list a | jq -r '.[].memdev')\" $first &&
	equal \"\$(dcdctl list | jq -c '[.[].memdev] | sort')\" '[\"$first\",\"$second\"]'"

decoder=$(decoder_of a)
one_each()
{
	for mem in "$first" "$second"; do
		cxl create-region -m -t ram -d "$decoder" -s 256M "$mem" || return 1
	done
}
ok "a region over each" one_each
# states MEMDEV: of its extents, and their regions
states()
{
	dcdctl list "$1" | jq -c '[.[0].extents[] | .dpa, .state, .region]'
}
apart()
{
	dcdctl add "$second" --at 64M --size 64M --tag "$TAG" --wait=60 >/tmp/out &&
		equal "$(states "$first")" "[]" &&
		equal "$(states "$second" | jq -c '.[:2]')" "[$((64 * M)),\"accepted\"]" &&
		dcdctl add "$first" --at 64M --size 64M --wait=60 >/tmp/out &&
		equal "$(states "$first" | jq -c '.[:2]')" "[$((64 * M)),\"accepted\"]" &&
		[ "$(states "$first" | jq '.[2]')" != "$(states "$second" | jq '.[2]')" ]
}
ok "an extent at the same DPA of each, under its region" apart
one_host()
{
	ends 1 "the tag is in use on this host" \
		dcdctl add "$first" --at 0 --size 2M --tag "$TAG" --wait=60
}
ok "a tag that one of them has is not for the other" one_host
gone()
{
	dcdctl release "$second" --tag "$TAG" --wait=60 &&
		dcdctl release "$first" --at 64M --size 64M --wait=60 &&
		cxl disable-region -b cxl_mock_dcd-a all && cxl destroy-region -b cxl_mock_dcd-a all &&
		equal "$(cxl list -R | jq length)" 0
}
ok "all extents are released" gone

interleaved()
{
	made=$(cxl create-region -m -t ram -w 2 -d "$decoder" "$first" "$second" |
		jq -er .region) && equal "$(region .interleave_ways)" 2 || return 1
	wait_for 20 eval 'log | grep -q "Dynamic Capacity of 2 devices is interleaved: region cannot use extents"'
}
ok "a region over both can be made, and the log says that it gets no extents" interleaved
refused_there()
{
	for mem in "$first" "$second"; do
		ends 1 "" dcdctl add "$mem" --at 0 --size 2M --wait=60 &&
			equal "$(states "$mem")" "[]" || return 1
	done
	cxl_destroy_region "$made"
}
ok "offers under an interleaved region are refused" refused_there
ok "rmdir removes both devices" eval "dcdctl destroy a && equal \"\$(cxl list -M)\" '[]'"

# static WAYS: a region over that many devices, of which cxl list tells all
static()
{
	ways=$1
	shift
	dcdctl create b --size 256M --ram-size 256M --devices "$ways" --backing reserved \
		--window-base "$reserved_at" --window-size $((256 * ways))M >/tmp/out || return 1
	decoder=$(decoder_of b)
	# shellcheck disable=SC2046 # a list
	set -- "$@" $(memdevs b)
	made=$(cxl create-region -m -t ram -w "$ways" -d "$decoder" "$@" | jq -er .region) &&
		equal "$(region '[.interleave_ways, .size, .resource, .decode_state]')" \
			"[$ways,$((256 * ways * M)),$((reserved_at)),\"commit\"]" &&
		equal "$(cxl list -r "$made" -R -T | jq -c '[.[0].mappings[].memdev] | unique | length')" \
			"$ways" || return 1
	# the bridge has a target for each of them
	cxl list -b cxl_mock_dcd-b -D -d switch -r "$made" -T >/tmp/decoders &&
		equal "$(jq -c '[.. | objects | select(.nr_targets) | [.nr_targets, .interleave_ways]]' \
			/tmp/decoders)" "[[$ways,$ways]]"
}
static_gone()
{
	cxl_destroy_region "$made" && equal "$(cxl list -R | jq length)" 0 && dcdctl destroy b
}
# with_room DEVICES NAME COMMAND...: a test, if so many have room
with_room()
{
	if [ "$1" -le "$room" ]; then
		shift
		ok "$@"
	else
		skip "$2" "$1 devices need $((256 * $1))M of reserved memory"
	fi
}
for ways in 2 4 8; do
	with_room "$ways" "a region over the static capacity of $ways devices" static "$ways"
	with_room "$ways" "it is destroyed" static_gone
done
halves()
{
	dcdctl create b --size 256M --ram-size 256M --devices 4 --backing reserved \
		--window-base "$reserved_at" --window-size 1G >/tmp/out || return 1
	decoder=$(decoder_of b)
	# shellcheck disable=SC2046 # a list
	set -- $(memdevs b)
	cxl create-region -m -t ram -w 2 -g 1024 -d "$decoder" "$1" "$3" &&
		cxl create-region -m -t ram -w 2 -d "$decoder" "$4" "$2" &&
		equal "$(cxl list -R | jq -c '[sort_by(.resource) | .[] | .interleave_ways, .size]')" \
			"[2,536870912,2,536870912]" &&
		equal "$(cxl list -R | jq -c 'sort_by(.resource) | .[0].interleave_granularity')" 1024
}
with_room 4 "two regions of two devices each, one with another granularity" halves
with_room 4 "the devices are removed with their regions" dcdctl destroy b
ok "all modules unload" unload_mock
[ ! -e $online ] || echo "$was_online" >$online

finish
