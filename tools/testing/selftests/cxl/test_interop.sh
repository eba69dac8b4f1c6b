#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2086 # functions that need no arguments, and lists
# cxl_dcd with another device than the mock: QEMU's cxl-type3, whose fabric
# manager is this test, over QMP. QEMU's own view is asked through the mailbox,
# with cxl_dcd_liar, which tells the truth here. Needs a guest that
# tools/testing/cxl/vm/guest.sh starts with -c, and a CPU that does not say that
# there is a hypervisor, else the core commits no region.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./liar.sh
. ./qemu.sh

M=0x100000
GET="0100 04"

begin 50
need_liar
! grep -q '^flags.* hypervisor' /proc/cpuinfo ||
	skip_all "the CPU says that there is a hypervisor: boot with -cpu max,-hypervisor"
need_qemu
load_base

# rebind: so that the device is there after cxl_dcd
rebind()
{
	mem=$(qemu_memdev)
	pci=$(basename "$(realpath "$devices/$mem/..")")
	echo "$pci" >/sys/bus/pci/drivers/cxl_pci/unbind
	echo "$pci" >/sys/bus/pci/drivers/cxl_pci/bind
	wait_for 20 test -e "$devices/$mem"
}

# What QEMU says of its device: events that wait, extents that the host has. QEMU 11.1
# returns those that are pending behind them, so its total counts.
events()
{
	send "$GET" && code 0 && is 20 2 "$1"
}
accepted()
{
	send 4801 "ff000000 00000000" && code 0 && is 4 4 $# || return 1
	at=16
	for range; do
		is "$at" 8 $((${range%:*})) && is $((at + 8)) 8 $((${range#*:})) || return 1
		at=$((at + 40))
	done
}

le64()
{
	printf '%08x%08x' $(($1 & 0xffffffff)) $(($1 >> 32)) |
		sed 's/\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)/\4\3\2\1\8\7\6\5/'
}

# update OPCODE START:LENGTH...: 4802h or 4803h
update()
{
	payload="$(printf '%02x' $(($# - 1)))000000 00000000"
	opcode=$1
	shift
	for range; do
		payload="$payload $(le64 "${range%:*}")$(le64 "${range#*:}")0000000000000000"
	done
	send "$opcode" "$payload"
}

# The device as it is, without a host: what cxl_dcd counts on. The log would
# begin with what an earlier host left.
rmmod cxl_dcd
rebind
insert cxl_dcd_liar memdev="$mem"
ok "no events and no extents at first" eval "events 0 && accepted"

aligned="dpa or len is not aligned to region block size"
ok "QEMU refuses an extent that is not aligned" qemu_refuses "$aligned" \
	qemu_add 0 "" 0x1000:0x200000
ok "a length that is not" qemu_refuses "$aligned" qemu_add 0 "" 0:0x1000
ok "no length" qemu_refuses "extent with 0 length is not allowed" qemu_add 0 "" 0:0
ok "an extent beyond the region's end" qemu_refuses \
	"extent range is beyond the region end" qemu_add 0 "" 0:0x80000000
ok "a region that is not there" qemu_refuses "region id is too large" qemu_add 2 "" 0:$((2 * M))
ok "two extents that overlap" qemu_refuses "duplicate or overlapped extents are detected" \
	qemu_add 0 "" 0:$((4 * M)) $((2 * M)):$((4 * M))
absent="cannot release extent with non-existing DPA range"
ok "the release of what is not there" qemu_refuses "$absent" qemu_release 0 0:$((2 * M))
ok "a refused command adds no record" eval "events 0 && accepted"

chain()
{
	qemu_add 0 "" 0:$((2 * M)) $((4 * M)):$((2 * M)) && events 2 && is 80 1 0 &&
		is 85 1 1 && is 213 1 0 && is 88 8 0 && is 216 8 $((4 * M)) && accepted
}
ok "two extents are two records in a chain" chain
pending="cannot add DPA again while still pending"
ok "the extents are pending" qemu_refuses "$pending" qemu_add 0 "" 0:$((2 * M))
ok "pending extents cannot be released" \
	qemu_refuses "cannot release extent with pending DPA range" \
	qemu_release 0 0:$((2 * M))
respond()
{
	update 4802 0:$((2 * M)) $((4 * M)):$((2 * M)) && code 0 &&
		accepted 0:$((2 * M)) $((4 * M)):$((2 * M))
}
ok "one response accepts both" respond
more_stays()
{
	events 2 && is 0 1 2 && send 0101 "04 00 02 000000 0100 0200" && code 0 && events 0 &&
		is 0 1 0
}
ok "the log says that it has more until it is empty" more_stays
ok "an accepted extent cannot be added again" qemu_refuses \
	"cannot add DPA already accessible to the same LD" qemu_add 0 "" 0:$((2 * M))
tagged()
{
	qemu_add 1 11111111-2222-3333-4444-555555555555 0:$((2 * M)) && events 1 &&
		is 88 8 $((512 * M)) && is 104 8 0 && is 112 8 0
}
ok "this QEMU drops a tag" tagged
declined()
{
	update 4802 && code 0 && send 0101 "04 00 01 000000 0300" && code 0 &&
		accepted 0:$((2 * M)) $((4 * M)):$((2 * M)) && qemu_add 1 "" 0:$((2 * M)) &&
		update 4802 && send 0101 "04 00 01 000000 0400" && code 0
}
ok "an offer that the host does not take can be made again" declined
release()
{
	qemu_release 0 0:$((2 * M)) && events 1 && is 80 1 1 && is 88 8 0 &&
		send 0101 "04 00 01 000000 0500" && code 0 && accepted 0:$((2 * M)) \
		$((4 * M)):$((2 * M)) && update 4803 0:$((2 * M)) && code 0 &&
		accepted $((4 * M)):$((2 * M))
}
ok "a release is a request, until the host gives the extent back" release
ok "a released extent is gone" qemu_refuses "$absent" qemu_release 0 0:$((2 * M))
twice()
{
	update 4803 0:$((2 * M)) && code 15 && update 4803 $((4 * M)):$((2 * M)) && code 0 &&
		accepted && events 0
}
ok "an extent cannot be given back twice" twice

# A host that has gone before it cleared what it had answered: a second response would
# be one that no offer waits for, and this QEMU dies of an empty one.
left_over="$((512 * M)):$((2 * M))"
answered()
{
	qemu_add 1 "" 0:$((2 * M)) && events 1 && update 4802 "$left_over" && code 0 &&
		accepted "$left_over"
}
ok "a record stays in the log after its offer was answered" answered
rmmod cxl_dcd_liar

# With cxl_dcd
load_base
rebind
skipped()
{
	insert cxl_dcd_liar memdev="$mem" && wait_for 20 events 0 && accepted "$left_over" &&
		update 4803 "$left_over" && code 0 && accepted && rmmod cxl_dcd_liar
}
ok "cxl_dcd skips it, and QEMU lives" skipped
ok "the device has a partition" test -e "$devices/$mem/dynamic_ram_1"
size=$(cat "$devices/$mem/dynamic_ram_1/size")
length=$(cat "$devices/$mem/dc_region0/length")
two_regions()
{
	base=$(cat "$devices/$mem/dc_region1/base") && equal $((base)) $((length)) &&
		equal $((size)) $((2 * length)) && [ ! -e "$devices/$mem/dc_region2" ]
}
ok "over both of its DC regions" two_regions
decoder=$(cxl list -D -d root -m "$mem" | jq -er '[.. | .decoder? // empty][0]')

# region MEMDEV SIZE: over it, by its name
region()
{
	cxl create-region -m -t ram -d "$decoder" -s "$2" "$1" | jq -er .region
}
first=$(region "$mem" $((length))) || first=
second=$(region "$mem" $((length))) || second=
ok "a region over the first" test -n "$first"
ok "and one over the second" test -n "$second"
ok "both are committed in QEMU's decoders" equal "$(cxl list -R | jq -r \
	'[.[].decode_state] | join(" ")')" "commit commit"
ok "cxl_dcd's driver is bound to their DAX regions" equal \
	"$(basename "$(realpath "$devices/dax_region${first#region}/driver")")" cxl_dcd_dax_region
no_dax()
{
	[ -z "$(ls /sys/bus/dax/devices 2>/dev/null)" ]
}
ok "without an extent there is no DAX device" no_dax

insert cxl_dcd_liar memdev="$mem"

# Extents through cxl_dcd, which polls this device
modprobe device_dax
poll=/sys/module/cxl_dcd/parameters/poll_ms
was_poll=$(cat $poll)
echo 0 >"$poll"
base=$((base))

# dax SIZE...: there are DAX devices of these sizes, and no others, sorted
dax()
{
	equal "$(cat /sys/bus/dax/devices/*/size 2>/dev/null | sort -n | tr '\n' ' ')" \
		"$(printf '%d ' "$@")"
}
# dax_of SIZE: the one of that size
dax_of()
{
	for path in /sys/bus/dax/devices/*; do
		[ "$(cat "$path/size")" != $(($1)) ] || echo "/dev/${path##*/}"
	done
}
# write_and_check SIZE SEED: the first and the last bytes of the DAX device of
# that size; all of it would take long
write_and_check()
{
	device=$(dax_of "$1")
	for at in 0 $(($1 - 8192)); do
		daxmem "$device" write "$at" 8192 "$2" && daxmem "$device" check "$at" 8192 "$2" ||
			return 1
	done
}
still()
{
	daxmem "$(dax_of "$1")" check 0 8192 "$2"
}
# handled: cxl_dcd is done with what QEMU told it
handled()
{
	wait_for 20 events 0
}
unpolled()
{
	qemu_add 0 "" 0:$((2 * M)) && ! wait_for 2 dax $((2 * M)) && events 1
}
single()
{
	echo 200 >"$poll"
	wait_for 20 dax $((2 * M)) && handled &&
		accepted 0:$((2 * M)) && write_and_check $((2 * M)) 1
}
several()
{
	qemu_add 0 "" $((8 * M)):$((4 * M)) $((16 * M)):$((6 * M)) $((32 * M)):$((8 * M)) &&
		wait_for 20 dax $((2 * M)) $((4 * M)) $((6 * M)) $((8 * M)) && handled &&
		accepted 0:$((2 * M)) $((8 * M)):$((4 * M)) $((16 * M)):$((6 * M)) \
			$((32 * M)):$((8 * M)) && write_and_check $((6 * M)) 2 &&
		still $((2 * M)) 1
}
other_region()
{
	qemu_add 1 11111111-2222-3333-4444-555555555555 0:$((10 * M)) &&
		wait_for 20 dax $((2 * M)) $((4 * M)) $((6 * M)) $((8 * M)) $((10 * M)) &&
		handled && accepted 0:$((2 * M)) $((8 * M)):$((4 * M)) $((16 * M)):$((6 * M)) \
			$((32 * M)):$((8 * M)) "$base":$((10 * M)) && write_and_check $((10 * M)) 3
}
released()
{
	qemu_release 0 $((8 * M)):$((4 * M)) && wait_for 20 dax $((2 * M)) $((6 * M)) \
		$((8 * M)) $((10 * M)) && handled && accepted 0:$((2 * M)) $((16 * M)):$((6 * M)) \
		$((32 * M)):$((8 * M)) "$base":$((10 * M)) &&
		qemu_refuses "$absent" qemu_release 0 $((8 * M)):$((4 * M)) && still $((6 * M)) 2
}
# What CPU caches have must not be written back once another host has the capacity.
tracing=/sys/kernel/tracing
# shellcheck disable=SC2016 # it is the kernel that expands $arg2
watch_caches()
{
	[ -d $tracing/instances ] || mount -t tracefs trace $tracing
	echo 'p:cxl_dcd_test/invalidate cpu_cache_invalidate_memregion' >$tracing/kprobe_events &&
		echo 'p:cxl_dcd_test/send cxl_internal_send_cmd opcode=+0($arg2):x16' \
			>>$tracing/kprobe_events && mkdir $tracing/instances/caches &&
		echo 1 >$tracing/instances/caches/events/cxl_dcd_test/enable
}
invalidated()
{
	awk '/invalidate:/ { seen = 1 } /opcode=0x4803/ { released = 1; exit }
		END { exit !(seen && released) }' $tracing/instances/caches/trace
}
unwatch_caches()
{
	echo 0 >$tracing/instances/caches/events/cxl_dcd_test/enable
	rmdir $tracing/instances/caches
	echo >$tracing/kprobe_events
}
# The release of a part of an extent is requested: all of it goes.
part()
{
	qemu_release 0 $((34 * M)):$((2 * M)) && wait_for 20 dax $((2 * M)) $((6 * M)) \
		$((10 * M)) && handled &&
		accepted 0:$((2 * M)) $((16 * M)):$((6 * M)) "$base":$((10 * M))
}
# What they have could be written back over what another host has put there since.
caches_fail()
{
	insert cxl_cache_error error=-5 && qemu_release 0 $((16 * M)):$((6 * M)) && handled &&
		accepted 0:$((2 * M)) $((16 * M)):$((6 * M)) "$base":$((10 * M)) &&
		log | grep -q "cannot invalidate CPU caches: error -5: extent 0x1000000 of 0x600000 bytes and 0 more not released"
}
caches_again()
{
	rmmod cxl_cache_error && qemu_release 0 $((16 * M)):$((6 * M)) &&
		wait_for 20 dax $((2 * M)) $((10 * M)) && handled &&
		accepted 0:$((2 * M)) "$base":$((10 * M)) &&
		wait_for 20 qemu_add 0 "" $((16 * M)):$((6 * M)) &&
		wait_for 20 dax $((2 * M)) $((6 * M)) $((10 * M)) && handled
}
declined_extent()
{
	destroy_region "$second" || return 1
	second=
	accepted 0:$((2 * M)) $((16 * M)):$((6 * M)) &&
		qemu_add 1 "" $((64 * M)):$((2 * M)) && handled &&
		accepted 0:$((2 * M)) $((16 * M)):$((6 * M)) &&
		wait_for 20 qemu_add 1 "" $((64 * M)):$((2 * M)) && handled &&
		accepted 0:$((2 * M)) $((16 * M)):$((6 * M)) && dax $((2 * M)) $((6 * M))
}
region_again()
{
	second=$(region "$mem" $((length))) && qemu_add 1 "" $((64 * M)):$((2 * M)) \
		$((128 * M)):$((12 * M)) && wait_for 20 dax $((2 * M)) $((2 * M)) $((6 * M)) \
		$((12 * M)) && handled && accepted 0:$((2 * M)) $((16 * M)):$((6 * M)) \
		$((base + 64 * M)):$((2 * M)) $((base + 128 * M)):$((12 * M)) &&
		write_and_check $((12 * M)) 4
}
# A release request for an extent in use is deferred until it is unused.
mapped()
{
	rm -f /tmp/hold /tmp/held
	mkfifo /tmp/hold && { daxmem "$(dax_of $((12 * M)))" hold 0 4096 </tmp/hold >/tmp/held & } &&
		exec 5>/tmp/hold && wait_for 20 grep -q holding /tmp/held &&
		qemu_release 1 $((128 * M)):$((12 * M)) && handled &&
		echo touch >&5 && wait_for 20 grep -q touched /tmp/held &&
		accepted 0:$((2 * M)) $((16 * M)):$((6 * M)) $((base + 64 * M)):$((2 * M)) \
			$((base + 128 * M)):$((12 * M)) && exec 5>&- &&
		wait_for 20 accepted 0:$((2 * M)) $((16 * M)):$((6 * M)) \
			$((base + 64 * M)):$((2 * M)) && dax $((2 * M)) $((2 * M)) $((6 * M))
}
ok "without polling an offer is not seen" unpolled
ok "an extent becomes a DAX device, with memory" single
ok "three in a chain become one each" several
ok "one in the other region becomes one" other_region
ok "CPU caches can be watched" watch_caches
ok "a released one goes, the others stay" released
ok "CPU caches are invalidated before" invalidated
unwatch_caches
ok "a release request for a part releases the extent" part
ok "without cache invalidation nothing is released" caches_fail
ok "with cache invalidation the next request releases it" caches_again
ok "an offer without a region is refused, and can be made again" declined_extent
ok "with a region it is accepted" region_again
ok "a mapped extent is released when it is unmapped" mapped

# What QEMU has given away when the regions go comes back to it.
regions_go()
{
	destroy_region "$second" && accepted 0:$((2 * M)) $((16 * M)):$((6 * M)) &&
		destroy_region "$first" && accepted && events 0
}
ok "the regions are destroyed, and QEMU has all of it back" regions_go
ok "and the DAX devices are gone" no_dax
new_start()
{
	first=$(region "$mem" $((length))) && qemu_add 0 "" 0:$((2 * M)) $((16 * M)):$((4 * M)) &&
		wait_for 20 dax $((2 * M)) $((4 * M)) && handled &&
		accepted 0:$((2 * M)) $((16 * M)):$((4 * M)) &&
		write_and_check $((4 * M)) 5
}
ok "a region can be created again, and gets extents" new_start
last_goes()
{
	destroy_region "$first" && accepted && events 0 && no_dax
}
ok "its extents are released with it" last_goes
rmmod cxl_dcd_liar
echo "$was_poll" >$poll

# Beside it, a device with static memory is none of cxl_dcd's business.
static=$(cxl list -M | jq -er "[.[] | select(.host | startswith(\"0000:\")) |
	select(.memdev != \"$mem\" and .ram_size > 1)][0].memdev") || static=
stock_dax()
{
	modprobe dax_cxl && modprobe device_dax && static_region=$(region "$static" 256M) &&
		wait_for 10 dax $((256 * M)) || return 1
	dax=$(basename "$(dax_of $((256 * M)))")
	daxctl reconfigure-device --mode=devdax "$dax" && wait_for 10 test -e "/dev/$dax" &&
		equal "$(basename "$(realpath "$devices/dax_region${static_region#region}/driver")")" \
			cxl_dax_region
}
stock_memory()
{
	daxmem "/dev/$dax" write $((64 * M)) 1M 4 && daxmem "/dev/$dax" check $((64 * M)) 1M 4 &&
		fails daxmem "/dev/$dax" check $((64 * M)) 1M 5
}
if [ -n "$static" ]; then
	ok "the stock driver gets a region of static memory" stock_dax
	ok "kmem makes System RAM of it" stock_memory
	ok "and that region is destroyed" destroy_region "$static_region"
	modprobe -r dax_cxl
else
	for name in "the stock driver gets a region of static memory" \
		"kmem makes System RAM of it" "and that region is destroyed"; do
		skip "$name" "there is no device with static memory"
	done
fi

unload()
{
	modprobe -r cxl_pci cxl_acpi && rmmod cxl_dcd && load_base
}
ok "all modules unload" unload

finish
