#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2015 # what fails ends the function
# What a host is told of operations that have more records than its event log holds,
# and what becomes of requests that it does not finish. Here the test is the host, by
# the test module cxl_dcd_liar, and at the end cxl_dcd is.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./lib-fm.sh
. ./liar.sh

TAG=11111111222233334444555555555555
# more than the 64 records of a log
NR=70
BLOCK=0x200000

begin 16
need_program fmcmd
load_base
need_no_mock
need_liar
rmmod cxl_dcd

any_memdev()
{
	cxl list -Mi | jq -er '.[0].memdev'
}
insert cxl_mock_dcd dc_total_size=1G sharable=1 dc_backing=phantom
wait_for 20 any_memdev
mem=$(any_memdev)
dev=$(realpath "$devices/$mem/..")
find_fm "$dev"
ok "the test module loads" insert cxl_dcd_liar memdev="$mem"

# list FIRST NR TAIL: blocks as the host names them, each followed by TAIL, in which #
# is its number among them
list()
{
	awk -v first="$1" -v nr="$2" -v tail="$3" -v block=$((BLOCK)) '
		function le(value, size, hex) {
			for (; size; size--) {
				hex = hex sprintf("%02x", value % 256)
				value = int(value / 256)
			}
			return hex
		}
		BEGIN {
			for (i = 0; i < nr; i++) {
				end = tail
				sub(/#/, le(i, 2), end)
				printf "%s%s%s", le((first + i) * block, 8), le(block, 8), end
			}
		}'
}

# fm_add NR: blocks of the tag
fm_add()
{
	fm_says 5604 "00000200 $(le 8 0) $(zeroes 16) $(le 4 "$1") $(list 0 "$1" "$TAG#$(zeroes 6)")" 00
}
# fm_release NR: blocks of the tag
fm_release()
{
	fm_says 5605 "00000000 $(le 8 $(($1 * BLOCK))) $TAG 00000000" 00
}
# host OPCODE FIRST NR FLAGS: an answer or a release; the liar takes 10 extents at once
host()
{
	first=$2
	left=$3
	while [ "$left" -gt 10 ]; do
		send "$1" "$(le 4 10) 01 000000 $(list "$first" 10 "$(zeroes 8)")" && code 0 ||
			return 1
		first=$((first + 10))
		left=$((left - 10))
	done
	send "$1" "$(le 4 "$left") $4 000000 $(list "$first" "$left" "$(zeroes 8)")" && code 0
}
# the_host_has NR: extents
the_host_has()
{
	send 4801 "00000000 00000000" && code 0 && is 4 4 "$1"
}

# read_log: clears all of the log of Dynamic Capacity; /tmp/records gets type, flags,
# block, blocks, tag and sequence number of each record
read_log()
{
	: >/tmp/records
	while send "0100 04" && code 0 && nr=$(field 20 2) && [ "$nr" != 0 ]; do
		echo "$bytes" | awk -v nr="$nr" -v block=$((BLOCK)) '
			function at(i, offset, size) {
				return substr($0, 2 * (32 + 128 * i + offset) + 1, 2 * size)
			}
			function digit(hex) {
				return index("0123456789abcdef", hex) - 1
			}
			function le(hex, value, k) {
				for (k = length(hex) - 1; k > 0; k -= 2)
					value = 256 * value + 16 * digit(substr(hex, k, 1)) +
						digit(substr(hex, k + 1, 1))
				return value + 0
			}
			{
				for (i = 0; i < nr; i++) {
					printf "%s", at(i, 20, 2) >"/tmp/handles"
					print le(at(i, 48, 1)), le(at(i, 53, 1)),
						le(at(i, 56, 8)) / block,
						le(at(i, 64, 8)) / block, at(i, 72, 16),
						le(at(i, 88, 2))
				}
			}' >>/tmp/records
		send 0101 "04 00 $(printf %02x "$nr") 000000 $(cat /tmp/handles)" && code 0 ||
			return 1
	done
}
# told TYPE NR: of so many blocks of the tag, as one chain
told()
{
	read_log && awk -v type="$1" -v nr="$2" -v tag="$TAG" 'BEGIN {
		for (i = 0; i < nr; i++)
			print type, i + 1 < nr ? 1 : 0, i, 1, tag, i
	}' >/tmp/expected && diff /tmp/expected /tmp/records
}

ok "the FM adds a tag of more extents than the log holds" fm_add $NR
ok "the FM cannot add more while records wait" fm_says 5604 \
	"00000000 $(le 8 $((BLOCK))) $(le 16 1) 00000000" 05
ok "the host is told of all, by More, with tag and sequence number" told 0 $NR
ok "the host accepts all extents" host 4802 0 $NR 00
ok "the device has all extents as accepted" the_host_has $NR
ok "the FM requests the release of the tag" fm_release $NR
ok "the host is told of all, by More, with tag and sequence number" told 1 $NR
ok "the host releases all extents" host 4803 0 $NR 00
ok "the device has no extents" the_host_has 0

rebind()
{
	rmmod cxl_dcd_liar && driver=/sys/bus/platform/drivers/cxl_mock_dcd &&
		echo "${dev##*/}" >"$driver/unbind" && echo "${dev##*/}" >"$driver/bind" &&
		wait_for 20 any_memdev && insert cxl_dcd_liar memdev="$(any_memdev)"
}
response()
{
	fm_add 2 && told 0 2 && host 4802 0 1 01 && rebind && host 4802 1 1 00 &&
		the_host_has 1 && send 4801 "01000000 00000000" && is 16 8 $((BLOCK))
}
ok "an unfinished response is forgotten when the driver is bound anew" response
release()
{
	fm_says 5605 "00000000 $(le 8 $((BLOCK))) $TAG 00000000" 00 && read_log &&
		host 4803 1 1 00 && fm_add 2 && told 0 2 && host 4802 0 2 00 &&
		host 4803 0 1 01 && rebind && host 4803 1 1 00 && the_host_has 1 &&
		send 4801 "01000000 00000000" && is 16 8 0
}
ok "so is an unfinished release" release
rmmod cxl_dcd_liar
unload_mock

load_base
load_mock dc_total_size=1G dc_backing=phantom
mem=$(mock_memdev)
dev=$(realpath "$devices/$mem/..")
find_fm "$dev"
region=$(create_region 1G) || region=
extents=/sys/kernel/debug/cxl_mock_dcd/${dev##*/}/extents
# accepted NR: extents are all that there are
accepted()
{
	equal "$(grep -c ' accepted$' "$extents") $(wc -l <"$extents")" "$1 $(($1 + 1))"
}
# with no sequence numbers where nothing is shared
add_many()
{
	fm_says 5604 "00000200 $(le 8 0) $(zeroes 16) $(le 4 "$NR") $(list 0 "$NR" "$TAG$(zeroes 8)")" 00
}
ok "cxl_dcd is offered such a tag" add_many
ok "cxl_dcd accepts all of the tag" wait_for 60 accepted $NR
ok "the FM requests its release" fm_release $NR
ok "cxl_dcd releases all of the tag" wait_for 60 accepted 0
destroy_region "$region"
unload_mock

finish
