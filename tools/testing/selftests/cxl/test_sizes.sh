#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# dc_total_size from 256M to 16T in 1, 2, 3 and 8 regions.
set -eu
cd "$(dirname "$0")"
. ./lib.sh

M=$((1 << 20))
G=$((1 << 30))
T=$((1 << 40))

begin 19
load_base
need_no_mock

# one DC_TOTAL_SIZE BYTES REGIONS
device()
{
	load_mock dc_total_size="$1" num_dc_regions="$3" || return 1
	size=$(attr dynamic_ram_1/size)
	length=$(attr dc_region$(($3 - 1))/length)
	one_more=$(attr "dc_region$3/length" 2>/dev/null) || one_more=none
	unload_mock
	equal "$size" "$(printf '%#x' "$2")" &&
		equal "$length" "$(printf '%#x' $(($2 / $3)))" && equal "$one_more" none
}

ok "256M in 1 region" device 256M $((256 * M)) 1
ok "1G in 1 region" device 1G $G 1
ok "4G in 1 region" device 4G $((4 * G)) 1
ok "1T in 1 region" device 1T $T 1
ok "16T in 1 region" device 16T $((16 * T)) 1
ok "512M in 2 regions" device 512M $((512 * M)) 2
ok "4G in 2 regions" device 4G $((4 * G)) 2
ok "64G in 2 regions" device 64G $((64 * G)) 2
ok "16T in 2 regions" device 16T $((16 * T)) 2
ok "768M in 3 regions" device 768M $((768 * M)) 3
ok "3G in 3 regions" device 3G $((3 * G)) 3
ok "12T in 3 regions" device 12T $((12 * T)) 3
ok "2G in 8 regions" device 2G $((2 * G)) 8
ok "64G in 8 regions" device 64G $((64 * G)) 8
ok "16T in 8 regions" device 16T $((16 * T)) 8
ok "a number without suffix" device 4294967296 $((4 * G)) 2
ok "a number in hex with suffix" device 0x1000M $((4 * G)) 1

no_device()
{
	insert cxl_mock_dcd || return 1
	! mock_memdev && unload_mock
}
ok "no device without dc_total_size" no_device

given_window()
{
	load_mock dc_total_size=4G window_base=0x2000000000 window_size=1G || return 1
	window=$(cxl list -D -d "$(mock_root_decoder)")
	unload_mock
	equal "$(echo "$window" | jq '.[0].resource')" 137438953472 &&
		equal "$(echo "$window" | jq '.[0].size')" "$G"
}
ok "the window is where and as large as it should be" given_window

finish
