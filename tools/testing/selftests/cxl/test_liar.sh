#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The test module cxl_dcd_liar: each lie changes responses as test_hostile.sh expects,
# and the module loads and unloads. The test itself is the host here: it sends the
# device commands, and cxl_dcd is not loaded.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./liar.sh

EXTENT=0x10000000:0x200000:11111111-2222-3333-4444-555555555555
TAG=11111111222233334444555555555555
GET="0100 04"

begin 56
load_base
need_no_mock
need_liar
rmmod cxl_dcd
insert cxl_mock_dcd dc_total_size=4G num_dc_regions=2 dc_backing=phantom
any_memdev()
{
	cxl list -Mi | jq -er '.[0].memdev'
}
wait_for 20 any_memdev
mem=$(any_memdev)
dev=$(realpath "$devices/$mem/..")

no_memdev()
{
	! insert cxl_dcd_liar memdev="$1" 2>/tmp/error && grep -q "No such device" /tmp/error &&
		log | tail -n 1 | grep -qF "memdev='$1': must be the name of a memdev"
}
ok "a memdev that does not exist is refused" no_memdev mem99
ok "a device that is not a memdev is refused" no_memdev root0
ok "an empty name is refused" no_memdev ""
ok "the module loads with the name of a memdev" insert cxl_dcd_liar memdev="$mem"
ok "no lie is set at load" grep -q '^\[none:0x0\]$' "$liar/lie"

refused()
{
	! printf '%s' "$1" | dd of="$liar/$2" 2>/tmp/error && grep -q "Invalid argument" /tmp/error
}
wrong_files()
{
	refused never lie && refused add:x lie && refused 0:0 extent && refused 0:x: extent &&
		refused 0:0:tag extent && refused 0 command && refused "01 0" command &&
		refused "01 0x" command && grep -q '^\[none' "$liar/lie"
}
ok "an invalid lie, extent or command is refused" wrong_files

# truth RECORDS EXTENTS: the device reports so many Add Capacity records and extents
truth()
{
	send "$GET" && is 20 2 "$1" && send 4801 "ff000000 00000000" && is 0 4 "$2" && is 4 4 "$2"
}
ok "a device without extents reports none" truth 0 0
echo 0x10000000:0x200000::0 >"$dev/dc_inject_extent"
ok "an Add Capacity record is passed on" truth 1 0
accept()
{
	send 4802 "01000000 00000000 00000010 00000000 00002000 00000000 0000000000000000" &&
		code 0 && send 0101 "04 00 01 000000 0100" && code 0
}
ok "the response of the host is passed on" accept
ok "the list has the accepted extent" truth 0 1

# forged LIE OFFSET SIZE VALUE...: with this lie about the extent, the response to Get
# Event Records has these fields
forged()
{
	tell "$1" "$EXTENT"
	shift
	send "$GET" && code 0 || return 1
	while [ $# -gt 0 ]; do
		is "$1" "$2" "$3" || return 1
		shift 3
	done
}
# fields that no lie changes unless it is about them
head="20 2 1 48 1 128 52 2 1"
offer="80 1 0 82 2 0 84 1 0 85 1 0 88 8 $((0x10000000)) 96 8 $((0x200000)) 120 2 0"
uuid="32 4 $((0xa7af95ca))"

# shellcheck disable=SC2086 # words are fields
{
ok "add: an Add Capacity record of an extent that does not exist" forged add 0 1 0 $head $uuid $offer
ok "add: the record has the tag" equal "$(tail -n 1 "$liar/command" | cut -c209-240)" $TAG
wrong_handle()
{
	send 0101 "04 00 01 000000 0200" && code 14 && send "$GET" && is 20 2 1
}
ok "add: clearing another handle is refused and the record stays" wrong_handle
take_it()
{
	send 4802 "01000000 00000000 00000010 00000000 00002000 00000000 0000000000000000" &&
		code 0 && send 0101 "04 00 01 000000 0100" && code 0 && send "$GET" && is 20 2 0 &&
		count accepted 1 && send 4801 "ff000000 00000000" && is 4 4 1
}
ok "add: the response does not reach the device, and the record can be cleared" take_it
release_extents()
{
	send 4803 "01000000 00000000 00000020 00000000 00002000 00000000 0000000000000000" &&
		code 0 && tell none && send 4803 \
		"01000000 00000000 00000020 00000000 00002000 00000000 0000000000000000" &&
		fails code 0
}
ok "add: the extent can be released until the lie ends" release_extents
more()
{
	forged more 0 1 2 $head 85 1 1 88 8 $((0x10000000)) &&
		send 0101 "04 00 01 000000 0100" && send "$GET" && is 0 1 2 && is 52 2 2 &&
		is 85 1 1 && is 88 8 $((0x10200000))
}
ok "more: a chain without end, each record with another extent" more
more_3()
{
	forged more:3 0 1 0 20 2 3 85 1 1 341 1 1 344 8 $((0x10400000)) &&
		send 0101 "04 00 03 000000 0100 0200 0300" && send "$GET" && is 0 1 0 && is 20 2 0
}
ok "more:3: a chain of three records without its end" more_3
all_at_once()
{
	forged more:3 && send 0101 "04 01 00 000000" && code 0 && send "$GET" && is 20 2 0
}
ok "more:3: its records can be cleared at once" all_at_once
endless()
{
	forged endless 0 1 2 $head 80 1 1 && for handle in 01 02 03; do
		send 0101 "04 00 01 000000 ${handle}00" && code 0 && send "$GET" && is 20 2 1 ||
			return 1
	done
}
ok "endless: a log without end" endless
ok "release: one Release Capacity record" forged release 0 1 0 $head 80 1 1 88 8 $((0x10000000))
flood()
{
	forged release:100 0 1 2 20 2 31 && send 0101 "04 00 1f 000000 $(handles 1 31)" &&
		code 0 && send "$GET" && is 52 2 32
}
ok "release:100: more records than fit in a payload" flood
ok "forced: one Forced Capacity Release record" forged forced 20 2 1 80 1 2
ok "wrap: an extent that ends past 64 bits" forged wrap 20 2 1 88 4 $((0xffe00000)) 92 4 $((0xffffffff)) 96 8 $((0x400000))
ok "zero: an extent of length 0" forged zero 20 2 1 96 8 0
ok "unaligned: an extent that starts 4K too high" forged unaligned 20 2 1 88 8 $((0x10001000))
ok "overlap: two extents of a chain that overlap" forged overlap 20 2 2 85 1 1 213 1 0 88 8 $((0x10000000)) \
	216 8 $((0x10100000))
ok "outside: an extent outside the DC regions" forged outside 20 2 1 88 8 $((1 << 50))
ok "sequence: a sequence number for capacity that is not sharable" forged sequence 20 2 1 120 2 7
ok "type: an unknown event type" forged type 20 2 1 80 1 9
ok "type:3: the given event type" forged type:3 20 2 1 80 1 3
ok "uuid: the UUID of another kind of record" forged uuid 20 2 1 32 4 $((0xa7af9535))
ok "size: half the length of a record" forged size 20 2 1 48 1 64
ok "region: the number of a DC region that does not exist" forged region 20 2 1 84 1 7
ok "host: another host ID" forged host 20 2 1 82 2 7
ok "handle: two records with the same handle" forged handle 20 2 2 52 2 0 180 2 0
shift_()
{
	forged shift 88 8 $((0x10000000)) && send "$GET" && is 88 8 $((0x10200000)) && is 52 2 1
}
ok "shift: another extent each time that the record is read" shift_
}

echo 0x20000000:0x200000::0 >"$dev/dc_inject_extent"
long_ago()
{
	tell "$1" && send "$GET" && code 0 && is 20 2 "$2" && size "$3"
}
ok "count: a record count that exceeds the response" long_ago count 65535 160
short()
{
	tell short && send "$GET" && size 16 && tell short:0 && send "$GET" && size 0
}
ok "short: a response shorter than its header" short
stuck()
{
	tell stuck && send 0101 "04 00 01 000000 0200" && code 0 && send "$GET" && is 20 2 1
}
ok "stuck: clearing succeeds and the record stays" stuck
refuse_clear()
{
	tell refuse-clear && send 0101 "04 00 01 000000 0200" && code 14 &&
		tell refuse-clear:4 && send 0101 "04 00 01 000000 0200" && code 4
}
ok "refuse-clear: clearing is refused with the given return code" refuse_clear

LIST="4801 ff000000 00000000"
changing()
{
	tell "$1" && send "$LIST" && is 0 4 1 && was=$(field "$2" 4) && send "$LIST" &&
		is "$2" 4 $((was + 1))
}
ok "list-total: the total changes between reads" changing list-total 4
ok "list-generation: the generation number changes between reads" changing list-generation 8
list_is()
{
	tell "$1" "$EXTENT" && send "$2" && code 0 && is 0 4 "$3" && is 4 4 "$4" && size "$5"
}
ok "list-returned: an extent count that exceeds the response" list_is list-returned "$LIST" $((0xffffffff)) 1 56
list_short()
{
	tell list-short && send "$LIST" && size 8
}
ok "list-short: a response shorter than its header" list_short
ok "list-empty: a total of 100 extents, none of which is returned" list_is list-empty "$LIST" 0 100 16
ok "list-crawl: one extent for each command" list_is list-crawl "$LIST" 1 65536 56
ok "list-huge: four billion extents, and more returned than requested" list_is list-huge \
	"4801 01000000 00000000" 102 $((0xffffffff)) 4096
last()
{
	list_is list-huge "4801 01000000 feffffff" 1 $((0xffffffff)) 56
}
ok "list-huge: the last extent can be read" last
garbage()
{
	list_is list-garbage "$LIST" 5 5 216 && is 16 4 $((0xffe00000)) && is 64 8 0 &&
		is 104 4 $((0xffffffff))
}
ok "list-garbage: extents whose fields are invalid" garbage

respond="4802 01000000 00000000 00000020 00000000 00002000 00000000 0000000000000000"
refuse_response()
{
	tell refuse-response && send "$respond" && code 15 && tell none && send "$LIST" &&
		is 4 4 1 && [ "$(wc -l </sys/kernel/debug/cxl_mock_dcd/"${dev##*/}"/pending)" = 1 ]
}
ok "refuse-response: the device takes a refused response for a rejection" refuse_response
refuse_release()
{
	tell refuse-release:6 && send 4803 \
		"01000000 00000000 00000010 00000000 00002000 00000000 0000000000000000" &&
		code 6 && tell none && send "$LIST" && is 4 4 1
}
ok "refuse-release: a refused release does not reach the device" refuse_release
nth()
{
	error=$1
	tell "$2:2" && send "$GET" && ! send "$GET" && grep -q "$error" /tmp/send.error &&
		send "$GET" && tell "$2" && ! send "$GET" && ! send "$LIST" && count lied 2
}
failing()
{
	nth "No such device or address" fail && nth "Connection timed out" timeout
}
ok "fail, timeout: the given command fails, or each" failing
slow()
{
	tell none && echo 2000 >"$liar/delay" && was=$(date +%s) && send "$GET" && code 0 &&
		[ $(($(date +%s) - was)) -ge 1 ] && echo 0 >"$liar/delay"
}
ok "delay: each command takes that long" slow
lost()
{
	tell none && send 0101 "04 00 01 000000 0200" && code 0 || return 1
	echo 0x30000000:0x200000::0 >"$dev/dc_inject_extent"
	tell lost:1 && ! send 0101 "04 00 01 000000 0300" && send "$GET" && is 20 2 0
}
ok "lost: the command is executed and reported as failed" lost

# Load and unload
busy()
{
	while [ -e /tmp/busy ]; do
		cxl list -M -H -m "$mem" || :
	done >/dev/null 2>&1
}
cycles()
{
	touch /tmp/busy
	busy & one=$!
	busy & two=$!
	for _ in $(seq 5); do
		rmmod cxl_dcd_liar && insert cxl_dcd_liar memdev="$mem" || return 1
	done
	rm /tmp/busy
	wait "$one" && wait "$two"
}
ok "the module can be loaded and unloaded during commands" cycles
device_first()
{
	tell more "$EXTENT" && rmmod cxl_mock_dcd &&
		! echo 1 2>/tmp/error | dd of="$liar/kick" 2>/tmp/error &&
		grep -q "No such device" /tmp/error && fails send "$GET" && rmmod cxl_dcd_liar
}
ok "commands are refused after the device is removed" device_first
load_base

finish
