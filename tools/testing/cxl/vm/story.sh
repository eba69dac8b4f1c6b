#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What one would type to try the modules, and what one sees: each command is
# shown before its output. Ends at the first that does not do what it should.
# Needs 1 GiB at 0x100000000 that the kernel was booted without.
set -eu

. ./story-lib.sh
# a tag names one allocation on all of this host, so that of another device has its own
other=22222222-3333-4444-5555-666666666666

# find_device NAME: its memdev and its root decoder
find_device() {
	mem=$(dcdctl list "$1" | jq -r '.[0].memdev')
	wait_for 20 "cxl list -D -d root -m $mem | jq --exit-status 'length > 0'"
	decoder=$(cxl list -D -d root -m "$mem" | jq -r '.[0].decoder')
}

# show_error COMMAND: what must fail, and says itself why
show_error() {
	printf '\n# %s\n' "$1"
	if eval "$1" 2>&1; then
		echo "this should have been refused"
		return 1
	fi
}

# first_dax: sets dax to the first DAX device that the region of the memdev can have
first_dax() {
	dax=dax$(cxl list -R -m "$mem" | jq -r '.[0].region' | tr -d '[:lower:]').0
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
show_error "dcdctl add $mem --size 256M --tag $tag"

say "Another device, and a backend for the tag"
show "dcdctl create dev0 --size 1G -u"
find_device dev0
show "cxl create-region -m -t ram -d $decoder -s 1G $mem | jq -c '{region, size, decode_state}'"
first_dax
show "dcdctl backend attach dev0 --tag $tag --size 256M"
show_error "dcdctl add $mem --size 128M --tag $tag"
show "dcdctl add $mem --size 256M --tag $tag --wait"
wait_for 10 "test -d /sys/bus/dax/devices/$dax/mapping0"
show "dcdctl map $mem"
show "daxctl list -d $dax -u"

say "A third, whose capacity is memory"
show "dcdctl create dev1 --size 1G --backing reserved --window-base 0x100000000 | jq -c '{memdev, fm, name}'"
find_device dev1
show "cxl create-region -m -t ram -d $decoder -s 1G $mem | jq -c '{region, size, decode_state}'"
first_dax
show "dcdctl add $mem --size 256M --at 0x8000000 --tag $other --wait | jq -c '.extents[]'"
wait_for 10 "test -c /dev/$dax"
show "dcdctl list $mem | jq -c '.[0].extents[0] | {region, dax, mode}'"
show "daxctl list -d $dax -M -u"
show "cat /sys/bus/dax/devices/$dax/uuid"
show "daxmem /dev/$dax write 127M 2M 7"
show "daxmem /dev/$dax check 127M 2M 7 && echo the same"
show "dcdctl map $mem"

say "Its release is requested while a process maps it"
hold_memory "/dev/$dax"
show_error "dcdctl release $mem --tag $other --wait=1"
show "dcdctl map $mem"
let_go
wait_for 20 "dcdctl list $mem | jq --exit-status '.[0].extents == []'"
show "dcdctl map $mem"
show "daxctl list | jq -c '.[] | {chardev, size, mode, state}'"

say "A forced release"
show "dcdctl add $mem --size 256M --tag $other --wait | jq -c '.extents[]'"
wait_for 10 "test -c /dev/$dax"
hold_memory "/dev/$dax"
show "dcdctl release $mem --tag $other --force --wait"
wait_for 10 "! test -e /sys/bus/dax/devices/$dax"
show "dmesg | tail -n 1"
touch_memory
show "cat /tmp/held"

say "Everything is removed, with the regions"
show "dcdctl destroy dev1; dcdctl destroy dev0"
show "rmmod cxl_mock_dcd cxl_dcd cxl_redirect"
end_story
