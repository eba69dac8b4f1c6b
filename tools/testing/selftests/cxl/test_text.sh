#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Nonsense to every file of the mock and of the host that can be written: none takes what
# its documentation does not allow, and what is refused changes nothing. The seed is
# CXL_DCD_SEED, 1 by default.
set -eu
cd "$(dirname "$0")"
. ./lib.sh

begin 12
load_base_without_host
need_no_mock
need_program textfuzz
. ./lib-configfs.sh
seed=${CXL_DCD_SEED:-1}
rounds=400

insert cxl_mock_dcd
mkdir "$root/a" "$root/a/backends/x"

# form FILE: of a file, by the name that Documentation/ABI has for it
form()
{
	case $1 in
	/sys/bus/dax/*/size) echo z && return ;;
	esac
	case ${1##*/} in
	live) echo b ;;
	dc_backing | kind) echo k ;;
	tag) echo t ;;
	dc_extents) echo p ;;
	dc_inject_extent | dc_inject_shared_extent) echo a ;;
	dc_del_extent | dc_force_del_extent) echo d ;;
	inject_event) echo e ;;
	status) echo s ;;
	media_status) echo M ;;
	temperature) echo T ;;
	life_used | dirty_shutdowns | corrected_errors) echo n ;;
	dc_total_size | num_dc_regions | dc_block_size | serial | sharable | readonly | \
	ram_size | region_size | max_extents | max_tags | poison_limit | alerts | qos_class | devices | window_base | window_size | size | \
	dc_event_wait_ms) echo n ;;
	poll_ms) echo m ;;
	claim) echo c ;;
	uuid) echo u ;;
	create | interleave_ways) echo i ;;
	delete) echo x ;;
	create_dynamic_ram_region | create_dynamic_ram_1_region) echo r ;;
	mode) echo o ;;
	*) echo "$1 is in no list of this test" >&2; return 1 ;;
	esac
}

# with_forms FILE...: FORM FILE of each that can be written
with_forms()
{
	for file; do
		{ [ -f "$file" ] && [ -n "$(find "$file" -perm -200)" ]; } || continue
		form "$file" || return 1
		echo "$file"
	done
}

# fuzz FILE...
fuzz()
{
	with_forms "$@" >/tmp/files || return 1
	[ -s /tmp/files ] || { echo "no file can be written"; return 1; }
	# shellcheck disable=SC2046 # a list
	textfuzz "$seed" "$rounds" $(cat /tmp/files)
}

idle_files()
{
	set --
	for file in "$root"/a/* "$root"/a/backends/x/*; do
		case ${file##*/} in
		live | state) ;;
		*) [ ! -f "$file" ] || set -- "$@" "$file" ;;
		esac
	done
	fuzz "$@"
}
ok "attributes of a device and a backend" idle_files

sane()
{
	put 256M a/dc_total_size && put 1 a/num_dc_regions && put 2M a/dc_block_size &&
		put 0 a/sharable && put 0 a/readonly && put 0 a/ram_size && put "
" a/dc_extents && put 4096 a/max_extents && put 1024 a/max_tags &&
		put 0 a/poison_limit && put 0 a/alerts && put 0 a/qos_class && put 1 a/devices && put 0 a/region_size &&
		put 0 a/window_base && put 0 a/window_size && put phantom a/dc_backing &&
		put 0x4001 a/serial
}
ok "take what they should afterwards" sane
rounds=60
ok "attribute live" fuzz "$root/a/live" "$root/a/backends/x/live"
ok "the device can be made" put 1 a/live
rounds=150
live_files()
{
	set -- /sys/bus/platform/devices/cxl_mock_dcd.*/dc_* \
		/sys/bus/platform/devices/cxl_mock_dcd.*/health/*
	[ $# -ge 4 ] && fuzz "$@" "$root"/a/[!l]* "$root"/a/backends/x/[!l]*
}
ok "attributes that add and release extents, and those of a live device" live_files
removed()
{
	put 0 a/live && rmdir "$root/a/backends/x" "$root/a" && rmmod cxl_mock_dcd
}
ok "the device is removed" removed

# The host: users claim what two extents have, which have no tag.
load_base
parameters=/sys/module/cxl_dcd/parameters
was_poll=$(cat "$parameters"/poll_ms)
with_host()
{
	echo user >"$parameters"/claim && load_mock dc_total_size=1G dc_backing=phantom || return 1
	set -- /sys/bus/platform/devices/cxl_mock_dcd.*
	endpoint=$(mock_endpoint) && root_decoder=$(mock_root_decoder) &&
		region=$(create_region 512M) && echo 0:2M::0 >"$1/dc_inject_extent" &&
		echo 2M:2M::0 >"$1/dc_inject_extent" &&
		read -r second <"$devices/$root_decoder/create_dynamic_ram_region" &&
		echo "$second" >"$devices/$root_decoder/create_dynamic_ram_region"
}
ok "with the host, a device has extents to claim" with_host
claims()
{
	set -- "$devices/dax_$region/dax_region"
	fuzz /sys/bus/dax/devices/dax*.0/uuid /sys/bus/dax/devices/dax*.0/size \
		"$1/create" "$1/delete"
}
ok "attributes that claim" claims
regions()
{
	set -- "$devices/decoder${endpoint#endpoint}".*
	while [ $# -gt 1 ]; do
		shift
	done
	fuzz "$1/mode" "$devices/$second/interleave_ways" \
		"$devices/$root_decoder/create_dynamic_ram_region" \
		"$devices/$root_decoder/create_dynamic_ram_1_region"
}
ok "attributes that make regions" regions
ok "parameters" fuzz "$parameters"/poll_ms "$parameters"/claim
take_what_they_should()
{
	echo 500 >"$parameters"/poll_ms && equal "$(cat "$parameters"/poll_ms)" 500 &&
		echo 0 >"$(echo /sys/bus/dax/devices/dax*.0/size)" &&
		echo 0 >"$(echo /sys/bus/dax/devices/dax*.0/uuid)" &&
		equal "$(cat /sys/bus/dax/devices/dax*.0/size)" 2097152
}
ok "take what they should afterwards" take_what_they_should
host_goes()
{
	echo auto >"$parameters"/claim && echo "$was_poll" >"$parameters"/poll_ms || return 1
	for left in "$devices"/region[0-9]*; do
		left=${left##*/}
		[ "$left" = "$region" ] || echo "$left" >"$devices/$root_decoder/delete_region"
	done
	destroy_region "$region" && unload_mock
}
ok "the host's device is removed" host_goes

finish
