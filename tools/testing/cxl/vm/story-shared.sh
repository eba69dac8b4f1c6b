#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# story-shared.sh first|second: one of two hosts with one memory. Each command is shown
# before its output; the story ends at the first that does not do what it should. The
# hosts wait for each other by words over the port "peer".
# Needs 256 MiB at 0x100000000 that the kernel was booted without, and that are the
# same for both.
set -eu
. ./story-lib.sh

me=$1
exec 8<> /run/peer

# tell WORD: to the other host
tell() {
	echo "$1" >&8
}

# await WORD: from the other host, before anything else
await() {
	said=
	if ! read_timeout 120 || [ "$said" != "$1" ]; then
		echo "the other host does not say '$1' but '$said'"
		return 1
	fi
}

# read_timeout SECONDS: sets said to a line of the other host's
read_timeout() {
	said=$(timeout "$1" head -n 1 <&8)
}

add() {
	show "dcdctl add mem0 --at 0 --at 128M --size 64M --tag $tag --wait | jq -c '.extents[] | {dpa, size, sequence, state, dax}'"
	wait_for 20 "test -c /dev/$dax"
}

begin_story
show "modprobe -a cxl_mem device_dax"
show "insmod cxl_redirect.ko"
show "insmod cxl_dcd.ko"
show "insmod cxl_mock_dcd.ko dc_total_size=256M sharable=1 dc_backing=reserved window_base=0x100000000"
wait_for 20 "cxl list -M | jq --exit-status 'length > 0'"
show "cxl create-region -m -t ram -d decoder0.0 -s 256M mem0 | jq -c '{region, size, decode_state}'"
dax=dax0.0

say "The FM adds one allocation of two extents, to both hosts"
add
show "daxctl list -d $dax -u | jq -c '{chardev, size}'"
show "cat /sys/bus/dax/devices/$dax/uuid"

if [ "$me" = first ]; then
	say "What one host writes across both extents the other reads, and back"
	show "daxmem /dev/$dax write 60M 8M 1"
	tell written
	await answered
	show "daxmem /dev/$dax check 60M 8M 2 && echo 'it is the answer'"

	say "The FM asks this host to release it"
	show "dcdctl release mem0 --tag $tag --wait"
	show "daxctl list"
	tell released
	await still

	say "This host gets it again, and a forced release takes it from the other"
	add
	show "daxmem /dev/$dax check 60M 8M 2 && echo 'it is the answer still'"
	tell again
	await taken
	show "daxmem /dev/$dax check 60M 8M 2 && echo 'it is the answer still'"
	tell "done"
else
	await written
	say "What one host writes across both extents the other reads, and back"
	show "daxmem /dev/$dax check 60M 8M 1 && echo 'it is what the first wrote'"
	show "daxmem /dev/$dax write 60M 8M 2"
	tell answered
	await released

	say "The first host has released it, this one has it"
	show "daxmem /dev/$dax check 60M 8M 2 && echo 'it is the answer still'"
	tell still
	await again

	say "A forced release takes it from this host, while a process maps it"
	hold_memory "/dev/$dax"
	show "dcdctl release mem0 --tag $tag --force --wait"
	wait_for 20 "! test -e /sys/bus/dax/devices/$dax"
	touch_memory
	show "cat /tmp/held"
	equal "$(tail -n 1 /tmp/held)" SIGBUS
	tell taken
	await "done"
fi

cd /root
show "rmmod cxl_mock_dcd cxl_dcd cxl_redirect"
end_story
