#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What one would type to try the modules, and what one sees: each command is
# shown before its output. Ends at the first that does not do what it should.
# Needs 1 GiB at 0x100000000 that the kernel was booted without.
set -eu

. ./story-lib.sh

# find_device DIRECTORY: the memdev of a directory in configfs, its root decoder
# and where its files are
find_device() {
	mem=
	wait_for 20 "cxl list -M -s $(cat "$1/serial") | jq --exit-status 'length == 1'"
	mem=$(cxl list -M -s "$(cat "$1/serial")" | jq -r '.[0].memdev')
	decoder=$(cxl list -D -d root -m "$mem" | jq -r '.[0].decoder')
	device=$(dirname "$(realpath "/sys/bus/cxl/devices/$mem")")
}

begin_story
show "uname -r"
show "modprobe -a cxl_mem device_dax"
show "insmod cxl_redirect.ko"
show "insmod cxl_dcd.ko"

say "4 GiB of Dynamic Capacity, and no memory"
show "insmod cxl_mock_dcd.ko dc_total_size=4G num_dc_regions=2"
wait_for 20 "cxl list -M | jq --exit-status 'length > 0'"
mem=$(cxl list -M | jq -r '.[0].memdev')
decoder=$(cxl list -D -d root -m "$mem" | jq -r '.[0].decoder')
show "cxl list -M -u"
show "cxl create-region -m -t ram -d $decoder -s 2G $mem | jq -c '{region, size, decode_state}'"
show "cd -P /sys/bus/cxl/devices/$mem/.."
show_refused "echo 0x0:0x10000000:$tag:0 | dd status=none of=dc_inject_extent"
cd /root

say "Another device, and a backend for the tag"
show "mkdir /sys/kernel/config/cxl_mock_dcd/dev0"
show "cd /sys/kernel/config/cxl_mock_dcd/dev0"
show "echo 1G > dc_total_size; echo 0xdcd1 > serial; echo 1 > live"
find_device .
show "cxl create-region -m -t ram -d $decoder -s 1G $mem | jq -c '{region, size, decode_state}'"
region=$(cxl list -R -m "$mem" | jq -r '.[0].region')
dax=dax${region#region}
show "mkdir backends/b0"
show "echo $tag > backends/b0/tag; echo 256M > backends/b0/size; echo 1 > backends/b0/live"
show "cd -P /sys/bus/cxl/devices/$mem/.."
show_refused "echo 0x0:0x8000000:$tag:0 | dd status=none of=dc_inject_extent"
show "echo 0x0:0x10000000:$tag:0 > dc_inject_extent"
wait_for 10 "test -d /sys/bus/dax/devices/$dax.0/mapping0 && grep accepted /sys/kernel/debug/cxl_mock_dcd/*/extents"
show "cat /sys/kernel/debug/cxl_mock_dcd/$(basename "$device")/extents"
show "cd /sys/bus/cxl/devices/dax_region${region#region}"
show "grep . extent*/offset extent*/length extent*/uuid"
show "daxctl list -d $dax.0 -u"
cd /root

say "A third, whose capacity is memory: an allocation of two extents"
show "mkdir /sys/kernel/config/cxl_mock_dcd/dev1"
show "cd /sys/kernel/config/cxl_mock_dcd/dev1"
show "echo 1G > dc_total_size; echo 0xdcd2 > serial; echo reserved > dc_backing"
show "echo 0x100000000 > window_base; echo 1 > live"
find_device .
show "cxl create-region -m -t ram -d $decoder -s 1G $mem | jq -c '{region, size, decode_state}'"
region=$(cxl list -R -m "$mem" | jq -r '.[0].region')
dax=dax${region#region}
show "cd -P /sys/bus/cxl/devices/$mem/.."
show "echo 0x10000000:0x8000000:$tag:1 > dc_inject_extent"
show "echo 0x0:0x8000000:$tag:0 > dc_inject_extent"
wait_for 10 "test -c /dev/$dax.0"
show "daxctl list -d $dax.0 -M -u"
show "cat /sys/bus/dax/devices/$dax.0/uuid"
show "daxmem /dev/$dax.0 write 127M 2M 7"
show "daxmem /dev/$dax.0 check 127M 2M 7 && echo the same"

say "It is wanted back while a process maps it"
hold_memory "/dev/$dax.0"
show "echo 0x0:0x8000000:$tag > dc_del_extent"
wait_for 10 "dmesg | grep 'wanted back'"
show "dmesg | tail -n 1"
let_go
wait_for 10 "! test -e /sys/bus/dax/devices/$dax.0"
show "daxctl list"
wait_for 10 "! grep accepted /sys/kernel/debug/cxl_mock_dcd/$(basename "$device")/extents"

say "And taken by force"
show "echo 0x0:0x8000000:$tag:0 > dc_inject_extent"
wait_for 10 "test -c /dev/$dax.0"
hold_memory "/dev/$dax.0"
show "echo 0x0:0x8000000:$tag > dc_force_del_extent"
wait_for 10 "! test -e /sys/bus/dax/devices/$dax.0"
show "dmesg | tail -n 1"
touch_memory
show "cat /tmp/held"
cd /root

say "All of it goes, with the regions"
show "cd /sys/kernel/config/cxl_mock_dcd; echo 0 > dev1/live; echo 0 > dev0/live"
show "rmdir dev1 dev0/backends/b0 dev0; cd /root"
show "rmmod cxl_mock_dcd cxl_dcd cxl_redirect"
end_story
