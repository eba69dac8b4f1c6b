#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Extents of the device: the attributes that add and release them, and what debugfs
# shows of them. Each rule of the engine is a unit test; here is what passes through
# the kernel. The host is not loaded: it would answer the offers.
set -eu
cd "$(dirname "$0")"
. ./lib.sh

TAG=11111111-2222-3333-4444-555555555555
NO_TAG=00000000-0000-0000-0000-000000000000

begin 34
load_base_without_host
need_no_mock
[ -d /sys/kernel/debug/block ] || mount -t debugfs debug /sys/kernel/debug 2>/dev/null || :

load()
{
	load_mock dc_total_size=4G num_dc_regions=2 "$@" || return 1
	dev=$(realpath "$devices/$(mock_memdev)/..")
	debug=/sys/kernel/debug/cxl_mock_dcd/$(basename "$dev")
}

# put ATTRIBUTE TEXT: writes it, says which errno
put()
{
	echo "$2" | dd of="$dev/$1" 2>/tmp/error
}

# refused ATTRIBUTE TEXT ERROR REASON: and nothing changed
refused()
{
	before=$(cat "$debug/extents" "$debug/events")
	if put "$1" "$2"; then
		echo "was accepted"
		return 1
	fi
	grep -q "$3" /tmp/error || { cat /tmp/error; return 1; }
	log | tail -n 1 | grep -qF -- "$4" || { log | tail -n 1; return 1; }
	equal "$(cat "$debug/extents" "$debug/events")" "$before"
}

# lines FILE: without its head
lines()
{
	tail -n +2 "$debug/$1"
}

ok "a device without backing loads" load
ok "it refuses an extent and says what to do" refused dc_inject_extent "0x0:0x10000000::0" \
	"Operation not supported" "attach a backend"
ok "it refuses a release" refused dc_del_extent "0x0:0x10000000:" "Operation not supported" \
	"the capacity has no backing"
ok "it refuses a forced release" refused dc_force_del_extent "0x0:0x10000000:" \
	"Operation not supported" "the capacity has no backing"
unload_mock

ok "a phantom device loads" load dc_backing=phantom sharable=2 max_extents=4
form="must be <dpa>:<length>:<tag>:<more>[:<sequence>]"
ok "a line without colons is refused" refused dc_inject_extent nonsense "Invalid argument" "$form"
ok "a line with a field too few is refused" \
	refused dc_inject_extent "0:0x10000000:" "Invalid argument" "$form"
ok "a line with a field too many is refused" \
	refused dc_inject_extent "0:0x10000000::0:0:0" "Invalid argument" "$form"
ok "an invalid number is refused" \
	refused dc_inject_extent "0x:0x10000000::0" "Invalid argument" "$form"
ok "a tag that is no UUID is refused" \
	refused dc_inject_extent "0:0x10000000:tag:0" "Invalid argument" "$form"
ok "a tag followed by text is refused" refused dc_inject_extent "0:0x10000000:${TAG}x:0" \
	"Invalid argument" "$form"
ok "a release with a field too many is refused" refused dc_del_extent "0:0x10000000::0" \
	"Invalid argument" "must be <dpa>:<length>:<tag>"
ok "a sequence number for capacity that is not sharable is refused" refused dc_inject_extent \
	"0:0x10000000::0:1" "Invalid argument" "that is not sharable"
ok "a More that is no number is refused" \
	refused dc_inject_extent "0:0x10000000::y" "Invalid argument" \
	"$form"
ok "a shared extent of capacity that is not sharable is refused" refused dc_inject_shared_extent \
	"0:0x10000000:$TAG:0" "Invalid argument" "use dc_inject_extent"

# is_cut TEXT ERROR REASON ZEROES: as refused, and the log shows so many
zeroes=$(printf '%0300d' 0)
is_cut()
{
	refused dc_inject_extent "$1" "$2" "$3" &&
		equal "$(log | tail -n 1 | grep -o '0000*' | awk '{ print length }' | sort -n |
			tail -n 1)" "$4"
}
ok "a long invalid line is cut in the log" is_cut "x$zeroes" \
	"Invalid argument" "$form" 84
ok "so is a number with too many leading zeroes" is_cut \
	"0x${zeroes}1000:0x1000::0" "Invalid argument" "$form" 83

offer()
{
	put dc_inject_extent "0x0:0x10000000:0:2" &&
		put dc_inject_extent "0x20000000:0x10000000:$TAG:0"
}
ok "an offer of two extents is accepted by the device" offer
ok "the offer is in the host's log, chained by More" equal "$(lines events)" \
	"host 1 add 0x0 0x10000000 $NO_TAG 0 more
host 2 add 0x20000000 0x10000000 $TAG 0 last"
ok "the offer is pending" equal "$(lines pending)" "0 0x0 0x10000000 $NO_TAG 0 0 offered
0 0x20000000 0x10000000 $TAG 0 0 offered"
ok "the statistics count the offer" grep -qx "extents 2" "$debug/stats"
ok "an extent that overlaps another is refused" \
	refused dc_inject_extent "0x10000000:0x20000000::0" "Invalid argument" "overlap"
ok "an extent across DC regions is refused" refused dc_inject_extent "0x70000000:0x20000000::0" \
	"Numerical result out of range" "do not lie in one DC region"
ok "an extent past the end is refused" refused dc_inject_extent "0xffffffffffe00000:0x200000::0" \
	"Numerical result out of range" "do not lie in one DC region"
ok "an unaligned extent is refused" \
	refused dc_inject_extent "0x40000000:0x1000::0" "Invalid argument" "block size"
ok "a sharable extent without a tag is refused" refused dc_inject_extent "0x80000000:0x200000::0" \
	"Invalid argument" "needs a tag"
ok "a sharable extent is offered" put dc_inject_shared_extent "0x80000000:0x200000:$TAG:0:0"
ok "a release of a pending extent is an event" put dc_del_extent "0x0:0x10000000:"
ok "the event is as written" equal "$(lines events | tail -n 1)" \
	"host 4 release 0x0 0x10000000 $NO_TAG 0 last"
put dc_inject_extent "0x40000000:0x200000::0"
ok "an extent beyond the limit is refused" refused dc_inject_extent "0x50000000:0x200000::0" \
	"No space left on device" "exceed the limit of 4"

# the tag's offer of two extents goes, what came after it stays
taken()
{
	put dc_force_del_extent "0x20000000:0x10000000:$TAG" &&
		equal "$(lines pending | awk '{ print $1, $2 }')" "0 0x80000000
1 0x40000000"
}
ok "a pending offer can be withdrawn by force, as a whole" taken

ok "the device is removed while an offer is pending" unload_mock
ok "its debugfs directory is removed" fails test -e "$debug"
unloaded()
{
	rmmod cxl_redirect && load_base
}
ok "the modules can be unloaded" unloaded

finish
