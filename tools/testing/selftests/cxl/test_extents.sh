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

ok "a device with nothing behind it loads" load
ok "it refuses an extent and says the way out" refused dc_inject_extent "0x0:0x10000000::0" \
	"Operation not supported" "attach a backend"
ok "and a release" refused dc_del_extent "0x0:0x10000000:" "Operation not supported" \
	"the capacity has no backing"
ok "and a forced one" refused dc_force_del_extent "0x0:0x10000000:" \
	"Operation not supported" "the capacity has no backing"
unload_mock

ok "a phantom device loads" load dc_backing=phantom sharable=2 max_extents=4
form="must be <dpa>:<length>:<tag>:<more>[:<sequence>]"
ok "text without colons" refused dc_inject_extent nonsense "Invalid argument" "$form"
ok "a field too few" refused dc_inject_extent "0:0x10000000:" "Invalid argument" "$form"
ok "a field too many" refused dc_inject_extent "0:0x10000000::0:0:0" "Invalid argument" "$form"
ok "a number that is none" refused dc_inject_extent "0x:0x10000000::0" "Invalid argument" "$form"
ok "a tag that is no UUID" refused dc_inject_extent "0:0x10000000:tag:0" "Invalid argument" "$form"
ok "a tag with text behind it" refused dc_inject_extent "0:0x10000000:${TAG}x:0" \
	"Invalid argument" "$form"
ok "a release with a field too many" refused dc_del_extent "0:0x10000000::0" \
	"Invalid argument" "must be <dpa>:<length>:<tag>"
ok "a sequence for capacity that is not shared" refused dc_inject_extent \
	"0:0x10000000::0:1" "Invalid argument" "that is not sharable"
ok "More that is no number" refused dc_inject_extent "0:0x10000000::y" "Invalid argument" \
	"$form"
ok "a shared extent where nothing is shared" refused dc_inject_shared_extent \
	"0:0x10000000:$TAG:0" "Invalid argument" "use dc_inject_extent"

# is_cut TEXT ERROR REASON ZEROES: as refused, and the log shows so many
zeroes=$(printf '%0300d' 0)
is_cut()
{
	refused dc_inject_extent "$1" "$2" "$3" &&
		equal "$(log | tail -n 1 | grep -o '0000*' | awk '{ print length }' | sort -n |
			tail -n 1)" "$4"
}
ok "a long line that cannot be read is cut in the log" is_cut "x$zeroes" \
	"Invalid argument" "$form" 84
ok "so is a number with more zeroes in front than a line may have" is_cut \
	"0x${zeroes}1000:0x1000::0" "Invalid argument" "$form" 83

offer()
{
	put dc_inject_extent "0x0:0x10000000:0:2" &&
		put dc_inject_extent "0x20000000:0x10000000:$TAG:0"
}
ok "an offer of two extents" offer
ok "is in the host's log, chained" equal "$(lines events)" \
	"host 1 add 0x0 0x10000000 $NO_TAG 0 more
host 2 add 0x20000000 0x10000000 $TAG 0 last"
ok "is pending" equal "$(lines pending)" "0 0x0 0x10000000 $NO_TAG 0 0 offered
0 0x20000000 0x10000000 $TAG 0 0 offered"
ok "is counted" grep -qx "extents 2" "$debug/stats"
ok "overlap" refused dc_inject_extent "0x10000000:0x20000000::0" "Invalid argument" "overlap"
ok "across regions" refused dc_inject_extent "0x70000000:0x20000000::0" \
	"Numerical result out of range" "do not lie in one DC region"
ok "past the end" refused dc_inject_extent "0xffffffffffe00000:0x200000::0" \
	"Numerical result out of range" "do not lie in one DC region"
ok "unaligned" refused dc_inject_extent "0x40000000:0x1000::0" "Invalid argument" "block size"
ok "sharable without a tag" refused dc_inject_extent "0x80000000:0x200000::0" \
	"Invalid argument" "needs a tag"
ok "a shared extent" put dc_inject_shared_extent "0x80000000:0x200000:$TAG:0:0"
ok "release of what is only offered is an event" put dc_del_extent "0x0:0x10000000:"
ok "as it was written" equal "$(lines events | tail -n 1)" \
	"host 4 release 0x0 0x10000000 $NO_TAG 0 last"
put dc_inject_extent "0x40000000:0x200000::0"
ok "one more than the limit" refused dc_inject_extent "0x50000000:0x200000::0" \
	"No space left on device" "exceed the limit of 4"

# the tag's offer of two extents goes, what came after it stays
taken()
{
	put dc_force_del_extent "0x20000000:0x10000000:$TAG" &&
		equal "$(lines pending | awk '{ print $1, $2 }')" "0 0x80000000
1 0x40000000"
}
ok "a pending offer can be taken, as a whole" taken

ok "the device goes while an offer is pending" unload_mock
ok "its debugfs goes too" fails test -e "$debug"
unloaded()
{
	rmmod cxl_redirect && load_base
}
ok "and nothing holds on to the modules" unloaded

finish
