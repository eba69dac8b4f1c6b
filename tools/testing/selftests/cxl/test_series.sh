#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What the kernel's own Dynamic Capacity series promises to users, by what is the same
# with cxl_dcd and on a kernel that has it: the control files of the mock, and the names
# and claims of Documentation/native.rst. cxl_dcd is not needed on such a kernel.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./host.sh

begin 24
load_base
need_no_mock
need_reserved
need_kmem
parameter=/sys/module/cxl_dcd/parameters/claim
[ ! -e $parameter ] || echo user >$parameter
buses=/sys/bus/dax/devices
TAG3=33333333-4444-5555-6666-777777777777
NULL_UUID=00000000-0000-0000-0000-000000000000
M64=$((64 << 20))
# three places for extents, as addresses of the device and in a region
A=0
B=$((128 << 20))
C=$((256 << 20))

# start PARAMETER...: the mock, with all reserved memory, and what is over it
start()
{
	load_mock dc_total_size="$reserved_size" dc_backing=reserved \
		window_base="$reserved_at" "$@" || return 1
	mem=$(mock_memdev)
	dev=$(realpath "$devices/$mem/..")
	endpoint=$(mock_endpoint)
	root=$devices/$(root_decoder_of "$endpoint")
	total=$(($(cat "$devices/$mem/dynamic_ram_1/size")))
}

# make_region [SIZE]: sets region; fails if there is none
make_region()
{
	size=${1:-$total}
	n=0
	while read -r used <"$devices/decoder${endpoint#endpoint}.$n/dpa_size" &&
		[ $((used)) != 0 ]; do
		n=$((n + 1))
	done
	decoder=decoder${endpoint#endpoint}.$n
	read -r region <"$root/create_dynamic_ram_1_region" &&
		echo "$region" >"$root/create_dynamic_ram_1_region" &&
		echo dynamic_ram_1 >"$devices/$decoder/mode" &&
		echo "$size" >"$devices/$decoder/dpa_size" &&
		echo 1 >"$devices/$region/interleave_ways" &&
		echo 256 >"$devices/$region/interleave_granularity" &&
		echo "$size" >"$devices/$region/size" &&
		echo "$decoder" >"$devices/$region/target0" &&
		echo 1 >"$devices/$region/commit" &&
		echo "$region" >/sys/bus/cxl/drivers/cxl_region/bind &&
		equal "$(cat "$devices/$region/mode")" dynamic_ram_1 &&
		equal "$(($(cat "$devices/$region/size")))" "$size"
}

# remove_region: that of make_region, and nothing is left of it
remove_region()
{
	destroy_region "$region" && [ ! -e "$devices/$region" ] && extents 0
}

# extents NUMBER: so many are in the region
extents()
{
	set -- "$1" "$devices/dax_$region"/extent*
	[ -e "$2" ] || set -- "$1"
	equal $(($# - 1)) "$1"
}

# extent OFFSET: one of 64M is there
extent()
{
	for name in "$devices/dax_$region"/extent*; do
		[ "$(($(cat "$name/offset") == $1))" = 1 ] || continue
		equal "$(($(cat "$name/length")))" "$M64"
		return
	done
	echo "no extent at $1"
	return 1
}

# add DPA TAG [MORE [SEQUENCE]], add_shared, take DPA TAG [LENGTH]
add()
{
	put dc_inject_extent "$1:$M64:$2:${3:-0}${4:+:$4}"
}
add_shared()
{
	put dc_inject_shared_extent "$1:$M64:$2:${3:-0}${4:+:$4}"
}
take()
{
	put dc_del_extent "$1:${3:-$M64}:$2"
}

available()
{
	equal "$(cat "$devices/dax_$region/dax_region/available_size")" "$1"
}

# write FILE TEXT [ERROR]: with ERROR, it is refused so
write()
{
	if printf '%s' "$2" | dd of="$1" 2>/tmp/error; then
		[ ! "${3:-}" ] || { echo "was accepted"; return 1; }
	else
		cat /tmp/error
		[ "${3:-}" ] && grep -q "$3" /tmp/error
	fi
}

# claim TAG SIZE: a new DAX device, which it sets dax to, as daxctl creates it
claim()
{
	write "$devices/dax_$region/dax_region/create" 1 || return 1
	dax=$(cat "$devices/dax_$region/dax_region/seed")
	[ "$dax" ] && write "$buses/$dax/uuid" "$1" &&
		write /sys/bus/dax/drivers/device_dax/bind "$dax" && has_size "$dax" "$2"
}

# claim_fails TAG ERROR: and what was created for it is gone
claim_fails()
{
	write "$devices/dax_$region/dax_region/create" 1 || return 1
	dax=$(cat "$devices/dax_$region/dax_region/seed")
	write "$buses/$dax/uuid" "$1" "$2" && has_size "$dax" 0 &&
		write "$devices/dax_$region/dax_region/delete" "$dax"
}

has_size()
{
	equal "$(cat "$buses/$1/size")" "$2"
}

has_tag()
{
	equal "$(cat "$buses/$1/uuid")" "$2"
}

# destroy DAX: as daxctl does
destroy()
{
	write /sys/bus/dax/drivers/device_dax/unbind "$1" && write "$buses/$1/size" 0 &&
		write "$devices/dax_$region/dax_region/delete" "$1" && gone "$1"
}

# destroy_and_take DAX TAG DPA...: what has been asked for while it was in use may be
# asked for again
destroy_and_take()
{
	destroy "$1" || return 1
	tag=$2
	shift 2
	for dpa; do
		take "$dpa" "$tag"
	done
	extents 0
}

start dc_extents="$B:$M64:,$C:$M64:$TAG3"

pre_existing()
{
	make_region && extents 2 && extent "$B" && extent "$C" && claim 0 "$M64" && untagged=$dax &&
		claim "$TAG3" "$M64" && tagged=$dax && destroy "$untagged" && destroy "$tagged" &&
		take "$B" "" && take "$C" "$TAG3" && remove_region
}
ok "extents that are there before the region are its" pre_existing

under_dax()
{
	make_region && add "$B" "" && extent "$B" && claim 0 "$M64" && take "$B" "" && extents 1 &&
		has_size "$dax" "$M64" && destroy_and_take "$dax" "" "$B" && remove_region
}
ok "an extent under a DAX device is not released before that goes" under_dax

spanning()
{
	make_region && add "$B" "$TAG" 1 && extents 0 && add "$A" "$TAG" && extents 2 && extent "$A" &&
		extent "$B" && claim "$TAG" $((2 * M64)) && take "$A" "$TAG" && extents 2 &&
		take "$B" "$TAG" && extents 2 && destroy_and_take "$dax" "$TAG" "$A" "$B" && remove_region
}
ok "a DAX device spans the extents of a tag" spanning

tags()
{
	make_region && add "$B" "" && add "$A" "$TAG" && extents 2 && claim "$TAG" "$M64" &&
		tagged=$dax && claim 0 "$M64" && destroy "$dax" && destroy "$tagged" &&
		take "$A" "$TAG" && take "$B" "" && remove_region
}
ok "extents with and without a tag are claimed apart" tags

unknown()
{
	make_region && add "$B" "$TAG" && extents 1 && claim_fails "$TAG2" "No such file" &&
		claim "$TAG" "$M64" && destroy_and_take "$dax" "$TAG" "$B" && remove_region
}
ok "a tag that no extent has claims nothing" unknown

intact()
{
	make_region && add "$B" "$TAG" && available "$M64" && claim_fails "$TAG2" "No such file" &&
		available "$M64" && claim "$TAG" "$M64" && available 0 &&
		destroy_and_take "$dax" "$TAG" "$B" && remove_region
}
ok "and leaves what can be claimed as it was" intact

aggregation()
{
	make_region && add "$A" "$TAG" 1 && extents 0 && add "$B" "$TAG" && extents 2 &&
		claim "$TAG" $((2 * M64)) && destroy_and_take "$dax" "$TAG" "$A" "$B" && remove_region
}
ok "one claim has all extents of a tag" aggregation

uuid_show()
{
	make_region || return 1
	set -- "$devices/dax_$region"/dax*.*
	[ $# = 1 ] && has_tag "${1##*/}" "$NULL_UUID" && has_size "${1##*/}" 0 && add "$B" "" &&
		claim 0 "$M64" && untagged=$dax && has_tag "$untagged" "$NULL_UUID" &&
		add "$A" "$TAG" && claim "$TAG" "$M64" && has_tag "$dax" "$TAG" && destroy "$dax" &&
		destroy "$untagged" && take "$A" "$TAG" && take "$B" "" && remove_region
}
ok "a DAX device shows what it was claimed by" uuid_show

tag_reuse()
{
	make_region && add "$A" "$TAG" && extents 1 && add "$B" "$TAG" && extents 1 && extent "$A" &&
		claim "$TAG" "$M64" && destroy_and_take "$dax" "$TAG" "$A" && remove_region
}
ok "a tag is not offered again while it is in use" tag_reuse

alignment()
{
	make_region && put dc_inject_extent "0x100000:$M64::0" && extents 0 && remove_region
}
start_small_blocks()
{
	unload_mock && start dc_block_size=1M
}
ok "the mock is there with smaller blocks" start_small_blocks
ok "an extent that is not aligned to 2M is refused" alignment

partial()
{
	half=$((M64 / 2))
	make_region && add "$A" "" && claim 0 "$M64" && take "$half" "" "$half" && extents 1 &&
		has_size "$dax" "$M64" && destroy "$dax" && take "$half" "" "$half" && extents 0 &&
		remove_region
}
ok "half of an extent is released with all of it, once nobody has it" partial

multiple()
{
	make_region && add "$A" "$TAG" 1 && add "$B" "$TAG" && extents 2 && claim "$TAG" $((2 * M64)) &&
		take "$A" "$TAG" && extents 2 && destroy_and_take "$dax" "$TAG" "$A" "$B" && remove_region
}
ok "extents of a tag are released together" multiple

without_removal()
{
	make_region && add "$B" "" && add "$A" "" && extents 2 && remove_region && make_region &&
		extents 0 && remove_region
}
ok "a region is destroyed with its extents" without_removal

with_dax()
{
	make_region && add "$B" "" && extents 1 && claim 0 "$M64" && remove_region && gone "$dax" &&
		make_region && extents 0 && remove_region
}
ok "and with DAX devices" with_dax

resize()
{
	write "$buses/$1/size" "$2" "not supported\|resource busy" &&
		write /sys/bus/dax/drivers/device_dax/unbind "$1" &&
		write "$buses/$1/size" "$2" "not supported" && has_size "$1" "$3" &&
		write /sys/bus/dax/drivers/device_dax/bind "$1"
}
operations()
{
	make_region && add "$B" "" && add "$C" "$TAG3" && claim 0 "$M64" || return 1
	one=$dax
	# one claim each, and each DAX device one
	claim_fails 0 "No such file" && write "$buses/$one/uuid" "$TAG3" "resource busy" &&
		write "$devices/dax_$region/dax_region/create" 2 "Invalid argument" &&
		write "$devices/dax_$region/dax_region/delete" "$one" "resource busy" &&
		resize "$one" $((M64 / 2)) "$M64" && destroy "$one" && claim 0 "$M64" && take "$C" "$TAG3" &&
		remove_region || return 1
	make_region && add "$B" "$TAG" 1 && add "$A" "$TAG" && claim "$TAG" $((2 * M64)) &&
		resize "$dax" $((32 << 20)) $((2 * M64)) && destroy "$dax" && remove_region
}
ok "a DAX device is created and destroyed, and has no other size" operations

overlap()
{
	make_region && add "$B" "" && extents 1 && add $((B + M64 / 2)) "" && extents 1 &&
		extent "$B" && remove_region
}
ok "an extent that overlaps another is refused" overlap

two_regions()
{
	# a region is a multiple of 256M
	half=$((total >> 29 << 28))
	make_region "$half" && one=$region && make_region "$half" &&
		remove_region && region=$one && remove_region
}
ok "two regions share the partition" two_regions

more()
{
	make_region && add "$B" "" 1 && extents 0 && add "$A" "" && extents 2 && remove_region
}
ok "offers with More wait for the last" more

# The region's driver goes, and all below it; cxl_dcd cannot, while the device is there.
reload()
{
	make_region && add "$B" "" && extent "$B" && claim 0 "$M64" || return 1
	echo "$region" >/sys/bus/cxl/drivers/cxl_region/unbind && gone "$dax" && extents 0 &&
		echo "$region" >/sys/bus/cxl/drivers/cxl_region/bind && extents 0 && add "$B" "" &&
		extents 1 && claim 0 "$M64" && remove_region
}
ok "what is under a region goes with its driver, and comes with it" reload

events()
{
	[ -d /sys/kernel/tracing/instances ] || mount -t tracefs trace /sys/kernel/tracing
	mkdir "$trace" && for event in "$trace"/events/cxl*/cxl_dynamic_capacity; do
		echo 1 >"$event/enable"
	done
	add "$A" "" && take "$A" "" &&
		equal "$(grep -c 'cxl_dynamic_capacity:.*starting_dpa=0 length=4000000' \
			"$trace/trace")" 2
	status=$?
	for event in "$trace"/events/cxl*/cxl_dynamic_capacity; do
		echo 0 >"$event/enable"
	done
	rmdir "$trace" && return "$status"
}
event_reporting()
{
	make_region && events && remove_region
}
ok "each record is an event of the trace" event_reporting

start_sharable()
{
	unload_mock && start sharable=1
}
ok "the mock is there with sharable capacity" start_sharable

shared()
{
	make_region && add_shared "$B" "$TAG" 1 1 && extents 0 && add_shared "$A" "$TAG" 0 0 &&
		extents 2 && claim "$TAG" $((2 * M64)) &&
		equal "$(($(cat "$buses/$dax/mapping0/start")))" $((reserved_at + A)) &&
		destroy_and_take "$dax" "$TAG" "$A" "$B" && remove_region
}
ok "sharable extents are claimed in the order of their sequence numbers" shared

gap()
{
	make_region && add_shared "$A" "$TAG" 1 0 && add_shared "$B" "$TAG" 0 2 && extents 0 &&
		remove_region
}
ok "a gap in the sequence numbers is refused" gap

unload_mock
[ ! -e $parameter ] || { echo auto >$parameter && rmmod cxl_dcd; }
rmmod cxl_redirect || :

finish
