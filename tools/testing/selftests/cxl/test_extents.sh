#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Extents of the device: the attributes that add and release them, what debugfs
# shows of them, and the FM's commands. Each rule of the engine is a unit test;
# here is what passes through the kernel. The host is not loaded: it would
# answer the offers.
set -eu
cd "$(dirname "$0")"
. ./lib.sh

TAG=11111111-2222-3333-4444-555555555555
NO_TAG=00000000-0000-0000-0000-000000000000

begin 41
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
	"nothing is behind the capacity"
ok "and a forced one" refused dc_force_del_extent "0x0:0x10000000:" \
	"Operation not supported" "nothing is behind the capacity"
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
	"0:0x10000000::0:1" "Invalid argument" "use dc_inject_shared_extent"

# is_cut TEXT ERROR REASON ZEROES: as refused, and the log shows so many; a number
# may have any number of them in front
zeroes=$(printf '%0300d' 0)
is_cut()
{
	refused dc_inject_extent "$1" "$2" "$3" &&
		equal "$(log | tail -n 1 | grep -o '0000*' | awk '{ print length }' | sort -n |
			tail -n 1)" "$4"
}
ok "a long line that cannot be read is cut in the log" is_cut "x$zeroes" \
	"Invalid argument" "$form" 81
ok "a long line that is refused is cut in the log" is_cut "0x${zeroes}1000:0x1000::0" \
	"Invalid argument" "block size" 80

offer()
{
	put dc_inject_extent "0x0:0x10000000::1" &&
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
ok "release of what is only offered" refused dc_del_extent "0x0:0x10000000:" \
	"Numerical result out of range" "the host does not have"
put dc_inject_extent "0x40000000:0x200000::0"
ok "one more than the limit" refused dc_inject_extent "0x50000000:0x200000::0" \
	"No space left on device" "over the limit of 4"

# hex BYTES...: as they are
hex()
{
	env printf "$(printf '\\x%s' "$@")"
}

# fm BYTES...: writes a request, prints the response in hex
fm()
{
	exec 5<>"$debug/fmapi"
	hex "$@" >&5 && od -An -v -tx1 <&5 | tr -d '\n'
	exec 5<&-
}

# 5600h: a host, two regions, three ways to add, two to release
info=$(fm 00 56 00 00 00 00 00 00)
ok "the FM asks for information" equal "$(echo "$info" | cut -c1-48)" \
	" 00 00 00 00 54 00 00 00 01 02 00 00 07 00 00 00"
ok "an opcode that there is not is Unsupported" equal "$(fm 09 56 00 00 00 00 00 00)" \
	" 03 00 00 00 00 00 00 00"
ok "a request too short is Invalid Payload Length" \
	equal "$(fm 04 56 00 00 04 00 00 00 00 00 00 00)" " 16 00 00 00 00 00 00 00"

# 0100h: the log has nothing yet, as the host has answered nothing; it is number 4
ok "the FM reads its event log" equal "$(fm 00 01 00 00 01 00 00 00 04)" \
	" 00 00 00 00 20 00 00 00$(printf ' 00%.0s' $(seq 32))"
ok "and can clear all of it only after an overflow" \
	equal "$(fm 01 01 00 00 06 00 00 00 04 01 00 00 00 00)" " 02 00 00 00 00 00 00 00"
ok "and has no other" equal "$(fm 00 01 00 00 01 00 00 00 00)" " 02 00 00 00 00 00 00 00"

pieces()
{
	exec 5<>"$debug/fmapi"
	for byte in 00 56 00 00 00 00 00 00; do
		hex "$byte" >&5
	done
	whole=$(dd bs=5 <&5 2>/dev/null | od -An -v -tx1 | tr -d '\n')
	exec 5<&-
	equal "$whole" "$info"
}
ok "a request written and read in pieces" pieces

two()
{
	exec 5<>"$debug/fmapi" 6<>"$debug/fmapi"
	hex 00 56 00 00 >&5
	hex 09 56 00 00 00 00 00 00 >&6
	hex 00 00 00 00 >&5
	six=$(od -An -v -tx1 <&6 | tr -d '\n')
	five=$(od -An -v -tx1 <&5 | tr -d '\n')
	exec 5<&- 6<&-
	equal "$five" "$info" && equal "$six" " 03 00 00 00 00 00 00 00"
}
ok "two at once do not mix" two

too_long()
{
	exec 5<>"$debug/fmapi"
	# dd, as it says when a write fails
	! hex 00 56 00 00 00 00 00 00 ff | dd >&5 2>/dev/null || return 1
	! hex 00 56 00 00 01 10 00 00 | dd >&5 2>/dev/null || return 1
	hex 00 56 00 00 00 00 00 00 >&5
	again=$(od -An -v -tx1 <&5 | tr -d '\n')
	exec 5<&-
	equal "$again" "$info"
}
ok "requests that are too long are refused, and the next one works" too_long

reserved_bytes()
{
	exec 5<>"$debug/fmapi"
	! hex 00 56 01 00 00 00 00 00 | dd >&5 2>/dev/null || return 1
	! hex 00 56 00 80 00 00 00 00 | dd >&5 2>/dev/null || return 1
	hex 00 56 00 00 00 00 00 00 >&5
	again=$(od -An -v -tx1 <&5 | tr -d '\n')
	exec 5<&-
	equal "$again" "$info"
}
ok "so are requests whose two bytes are not zero" reserved_bytes

in_use()
{
	exec 5<>"$debug/fmapi"
	! rmmod cxl_mock_dcd 2>/tmp/error || return 1
	exec 5<&-
	grep -q "in use" /tmp/error
}
ok "an open fmapi keeps the module" in_use
ok "the device goes while an offer is pending" unload_mock
ok "its debugfs goes too" fails test -e "$debug"
unloaded()
{
	rmmod cxl_redirect && load_base
}
ok "and nothing holds on to the modules" unloaded

finish
