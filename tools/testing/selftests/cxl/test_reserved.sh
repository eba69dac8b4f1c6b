#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# dc_backing=reserved: the window is on memory that the kernel was booted
# without, and nowhere else; and backends that are such memory. Needs some: boot
# with memmap=SIZE$ADDRESS, or with mem=SIZE on arm64.
set -eu
cd "$(dirname "$0")"
. ./lib.sh

begin 24
load_base
need_no_mock
need_program daxmem

# refused ADDRESS PARAMETER...: with the boot parameter to use
refused()
{
	boot=$(boot_with 1 "$1")
	shift
	! insert cxl_mock_dcd dc_total_size=1G dc_backing=reserved "$@" 2>/tmp/error || return 1
	grep -q -e "Invalid argument" -e "Invalid parameters" /tmp/error || return 1
	log | tail -n 1 | grep -qF "dc_backing=reserved needs 1G of reserved memory there: boot with $boot"
}
ok "no address is refused" refused 0x100000000
ok "the kernel's own memory is refused" refused 0x40000000 window_base=0x40000000
ok "free address space is refused" refused 0x4000000000 window_base=0x4000000000

if ! find_reserved; then
	for name in "reserved memory is accepted" "the host is told that it is memory" \
		"a region is created over reserved memory" "the module with a region is unloaded" \
		"a region can be over all of what the kernel was booted without" \
		"the host is told that a phantom has no memory" "a window beyond reserved memory is refused" \
		"a device without backing can be on reserved memory" \
		"the host is told that it is memory too" \
		"a phantom backend is refused there" "a reserved backend is attached" \
		"the host accepts an extent of it" "the extent is written and read" \
		"no other window is accepted while it is in use" \
		"the extent is released" "reserved memory has one window at a time" \
		"a part of used memory cannot have another window" "nor can a device with reserved backing" \
		"removal of the device frees the memory" \
		"a phantom device cannot be on reserved memory" "the module is unloaded"; do
		skip "$name" "$no_reserved"
	done
	finish
fi
size=$reserved_size
address=$reserved_at

ok "reserved memory is accepted" load_mock dc_total_size="$size" dc_backing=reserved \
	window_base="$address"
# the node has the property and nothing else; its value is not in sysfs
ok "the host is told that it is memory" \
	test -e "$(realpath "$devices/$(mock_memdev)/..")/software_node"

region()
{
	region=$(create_region 256M) || return 1
	equal "$(printf '%#x' "$(cat "$devices/$region/resource")")" "$(printf '%#x' "$address")" &&
		destroy_region "$region"
}
ok "a region is created over reserved memory" region
ok "the module with a region is unloaded" unload_mock
whole()
{
	reserved_pieces >/tmp/pieces
	while read -r length start; do
		load_mock dc_total_size="$length" dc_backing=reserved window_base="$start" &&
			region=$(create_region "$length") && destroy_region "$region" &&
			unload_mock || return 1
	done </tmp/pieces
}
ok "a region can be over all of what the kernel was booted without" whole

phantom()
{
	load_mock dc_total_size="$size" dc_backing=phantom || return 1
	node=$(realpath "$devices/$(mock_memdev)/..")/software_node
	! test -e "$node" && unload_mock
}
ok "the host is told that a phantom has no memory" phantom

beyond()
{
	! insert cxl_mock_dcd dc_total_size="$size" dc_backing=reserved \
		window_base="$address" window_size=8G 2>/dev/null
}
ok "a window beyond reserved memory is refused" beyond

# Backends, in configfs
insert cxl_mock_dcd
. ./lib-configfs.sh
tag=5be13bd1-c5c9-4b4b-a4a2-2dd2b6b9d0a1
x=a/backends/x

# the platform device of the mock's one memdev
device()
{
	realpath "$devices/$(mock_memdev)/.."
}

# make NAME BASE SIZE: not live yet
make()
{
	mkdir "$root/$1" && put "$3" "$1/dc_total_size" && put "$2" "$1/window_base"
}

on_memory()
{
	make a "$address" "$size" && put 1 a/live && value none a/dc_backing &&
		wait_for 20 mock_memdev
}
ok "a device without backing can be on reserved memory" on_memory
ok "the host is told that it is memory too" test -e "$(device)/software_node"

mkdir "$root/$x"
put "$tag" "$x/tag"
put 256M "$x/size"
ok "a phantom backend is refused there" not "$EMEDIUM" \
	"$x/live=1: kind must be reserved: the device's window is memory, and the host treats every extent there as memory; phantom needs a device without window_base=$(printf '%#x' "$address")" \
	1 "$x/live"
attach()
{
	put reserved "$x/kind" && put 1 "$x/live" && value reserved "$x/kind" &&
		value 1 "$x/live" && value free "$x/state"
}
ok "a reserved backend is attached" attach
accepted()
{
	modprobe device_dax && region=$(create_region 256M) &&
		echo "0x0:0x10000000:$tag:0" >"$(device)/dc_inject_extent" &&
		wait_for 10 value bound "$x/state" &&
		wait_for 10 grep -lx "$tag" /sys/bus/dax/devices/*/uuid
}
ok "the host accepts an extent of it" accepted
real()
{
	dax=/dev/$(grep -lx "$tag" /sys/bus/dax/devices/*/uuid | cut -d/ -f6)
	wait_for 10 test -c "$dax" && daxmem "$dax" write 0 4M 9 && daxmem "$dax" check 0 4M 9
}
ok "the extent is written and read" real
taken="overlaps another window on that memory: use memory outside it"
busy()
{
	! put 1 b/live >/tmp/busy || return 1
	grep -q "$EBUSY" /tmp/busy && log | tail -n 2 | grep -qF "$taken" && value 0 b/live
}
make b "$address" "$size"
put reserved b/dc_backing
ok "no other window is accepted while it is in use" busy
released()
{
	echo "0x0:0x10000000:$tag" >"$(device)/dc_del_extent" &&
		wait_for 10 value free "$x/state" && destroy_region "$region"
}
ok "the extent is released" released

put none b/dc_backing
ok "reserved memory has one window at a time" busy
put 256M b/dc_total_size
put "$(printf '%#x' $((address + 0x10000000)))" b/window_base
ok "a part of used memory cannot have another window" busy
put reserved b/dc_backing
ok "nor can a device with reserved backing" busy
gone()
{
	put 0 a/live && value 0 "$x/live" && put 1 b/live && put 0 b/live
}
ok "removal of the device frees the memory" gone
put phantom b/dc_backing
collides()
{
	! put 1 b/live >/tmp/busy || return 1
	grep -q "$EBUSY" /tmp/busy &&
		log | tail -n 2 | grep -q "collides with an entry of /proc/iomem"
}
ok "a phantom device cannot be on reserved memory" collides
goes()
{
	rmdir "$root/$x" "$root/a" "$root/b" && rmmod cxl_mock_dcd
}
ok "the module is unloaded" goes

finish
