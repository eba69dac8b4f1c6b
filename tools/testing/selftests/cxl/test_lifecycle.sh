#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Loading and unloading: often, with a region, out of order.
set -eu
cd "$(dirname "$0")"
. ./lib.sh

begin 15
load_base
need_no_mock

cycles()
{
	for _ in $(seq "$number_of_cycles"); do
		load_mock dc_total_size=4G num_dc_regions=2 && unload_mock || return 1
	done
}

cxl_devices()
{
	ls $devices /sys/bus/platform/devices
}

before=$(cxl_devices)
# where a load takes longer, and make stress has 1000
number_of_cycles=$((50 / ${CXL_DCD_SLOW:-1}))
ok "$number_of_cycles loads and unloads" cycles
ok "the loads leave no device behind" equal "$(cxl_devices)" "$before"

region_cycles()
{
	for _ in $(seq 5); do
		load_mock dc_total_size=4G && create_region 4G && unload_mock || return 1
	done
}
ok "unload while a region exists" region_cycles
ok "the unload leaves no device behind" equal "$(cxl_devices)" "$before"

pinned()
{
	load_mock dc_total_size=4G || return 1
	! rmmod cxl_dcd 2>/tmp/error || return 1
	grep -q "in use" /tmp/error && ! rmmod cxl_redirect 2>/dev/null
}
ok "cxl_dcd stays while a device has its partition" pinned
ok "cxl_dcd unloads without the device" unload_all

by_name()
{
	modprobe cxl_mock_dcd dc_total_size=4G && wait_for 20 mock_memdev &&
		create_region 1G && loaded cxl_dcd && loaded cxl_redirect || return 1
	modprobe -r cxl_mock_dcd && ! loaded cxl_mock_dcd && ! loaded cxl_dcd &&
		! loaded cxl_redirect || return 1
	# where it is a dependency of the mock's, it has gone with it
	modprobe cxl_mem
}
brings="modprobe of the mock alone brings the host, in time, and modprobe -r removes it"
if [ -z "${CXL_DCD_MODULES:-}" ]; then
	ok "$brings" by_name
else
	skip "$brings" "the modules are not where modprobe looks"
fi

# Without cxl_dcd there is a memdev, and no partition.
alone()
{
	insert cxl_mock_dcd dc_total_size=4G && wait_for 20 mock_memdev || return 1
	mem=$(mock_memdev)
	[ ! -e "$devices/$mem/dynamic_ram_1" ] && ! create_region 1G &&
		log | grep -q "Dynamic Capacity not used: this kernel's CXL core does not support it: load cxl_dcd"
}
modprobe cxl_redirect 2>/dev/null || insert cxl_redirect
ok "without cxl_dcd the memdev has no capacity, and the log says why" alone

late()
{
	modprobe cxl_dcd 2>/dev/null || insert cxl_dcd || return 1
	log | grep -q "$mem: Dynamic Capacity not used: device was probed before cxl_dcd" || return 1
	device=$(basename "$(realpath "$devices/$mem/..")")
	echo "$device" >/sys/bus/platform/drivers/cxl_mock_dcd/unbind &&
		echo "$device" >/sys/bus/platform/drivers/cxl_mock_dcd/bind &&
		wait_for 20 mock_memdev && equal "$(attr dynamic_ram_1/size)" 0x100000000
}
ok "cxl_dcd loaded late says what to do, and that works" late
ok "the device unloads" unload_mock

no_autoprobe()
{
	echo 0 >/sys/bus/platform/drivers_autoprobe
	! insert cxl_mock_dcd dc_total_size=4G 2>/dev/null || unload_mock
	echo 1 >/sys/bus/platform/drivers_autoprobe
	log | tail -n 2 | grep -q "write 1 to /sys/bus/platform/drivers_autoprobe" &&
		! loaded cxl_mock_dcd
}
ok "without a driver for its devices it is refused, and the log says why" no_autoprobe

# kept_off DEVICE: neither driver takes the platform device, by driver_override
kept_off()
{
	override=/sys/bus/platform/devices/$1/driver_override
	for driver in cxl_mock_dcd cxl_mock_dcd_root; do
		echo "$driver" >"$override"
		{ ! printf '%s' "$1" | dd of="/sys/bus/platform/drivers/$driver/bind" 2>/tmp/error &&
			grep -q "No such device" /tmp/error &&
			[ ! -e "/sys/bus/platform/devices/$1/driver" ] &&
			log | grep -q "$1: driver $driver does not support this device: clear driver_override"
		} || { cat /tmp/error; echo >"$override"; return 1; }
	done
	echo >"$override"
}

# Any that has no driver; a machine may have none.
foreign_device()
{
	for device in /sys/bus/platform/devices/*; do
		case ${device##*/} in
		cxl_mock_dcd*) continue ;;
		esac
		[ -e "$device/driver" ] || { echo "${device##*/}"; return; }
	done
	return 1
}

still_works()
{
	mock_memdev && create_region 1G && unload_mock
}

load_mock dc_total_size=4G
if foreign=$(foreign_device); then
	ok "the drivers refuse a device of others" kept_off "$foreign"
else
	skip "the drivers refuse a device of others" "all platform devices have drivers"
fi
for device in bridge port; do
	ok "so do they refuse the mock's own $device" \
		kept_off "$(basename /sys/bus/platform/devices/cxl_mock_dcd_$device.*)"
done
ok "the mock works as before" still_works

finish
