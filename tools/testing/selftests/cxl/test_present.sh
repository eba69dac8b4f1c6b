#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What a device has from the start: static capacity, extents that a host had before,
# DC regions that are sharable or read-only. cxl_test's devices, as mock.rst has them.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./host.sh

begin 16
load_base_without_host
need_no_mock
. ./lib-configfs.sh
[ -d /sys/kernel/debug/block ] || mount -t debugfs debug /sys/kernel/debug

# of SERIAL: sets mem and debug
of()
{
	for mem in "$devices"/mem*; do
		read -r serial <"$mem/serial" || continue
		[ $((serial)) = $(($1)) ] || continue
		debug=/sys/kernel/debug/cxl_mock_dcd/$(basename "$(realpath "$mem/..")")
		mem=${mem##*/}
		return
	done
	return 1
}

# cdat OFFSET: a byte of the CDAT of $mem, in hexadecimal
cdat()
{
	for endpoint in "$devices"/endpoint*; do
		[ "$(basename "$(realpath "$endpoint/uport")")" != "$mem" ] ||
			od -An -tx1 -j "$1" -N 1 "$endpoint/CDAT"
	done
}

insert cxl_mock_dcd
cxl_test()
{
	mkdir "$root/a" "$root/b" || return 1
	for dir in a b; do
		put 2G "$dir/ram_size" && put 1G "$dir/dc_total_size" &&
			put phantom "$dir/dc_backing" || return 1
	done
	put "2G:128M:,2176M:128M:$TAG" a/dc_extents && put 0xDCDC b/serial &&
		put 1 b/sharable && put 1 a/live && put 1 b/live
}
ok "cxl_test's devices can be made" cxl_test
wait_for 20 of 0xdcdc || :
ok "the first device has its extents" equal "$(of 0xdcd1 && states)" \
	"0x80000000 0x8000000 accepted
0x88000000 0x8000000 accepted"
ok "no event log reports them" equal "$(of 0xdcd1 && tail -n +2 "$debug/events")" ""
static()
{
	for serial in 0xdcd1 0xdcdc; do
		of "$serial" && equal $(($(cat "$devices/$mem/ram/size"))) $((2 << 30)) || return 1
	done
}
ok "both devices have static capacity" static
region_bases()
{
	for serial in 0xdcd1 0xdcdc; do
		of "$serial" && equal "$(awk 'NR == 2 { print $2, $3 }' "$debug/regions")" \
			"0x80000000 0x40000000" || return 1
	done
}
ok "their DC region follows the static capacity" region_bases
flags()
{
	of 0xdcd1 && wait_for 20 cdat 21 && equal "$(cdat 21)" " 20" && equal "$(cdat 165)" " 00" &&
		of 0xdcdc && wait_for 20 cdat 21 && equal "$(cdat 21)" " 28"
}
ok "the CDAT says which capacity is dynamic and sharable" flags
ok "dc_extents reads back as written" value \
	"0x80000000:0x8000000:00000000-0000-0000-0000-000000000000:0,0x88000000:0x8000000:$TAG:0" \
	a/dc_extents
no_memory()
{
	of 0xdcd1 && wait_for 20 endpoint_of "$mem" &&
		! cxl create-region -m -t ram -d "$(root_decoder_of "$endpoint")" -s 256M "$mem" &&
		log | grep -qF "static capacity of $mem has no memory: boot with $(boot_with 3 0x100000000)"
}
endpoint_of()
{
	for endpoint in "$devices"/endpoint*; do
		[ "$(basename "$(realpath "$endpoint/uport")")" != "$1" ] ||
			{ endpoint=${endpoint##*/}; return; }
	done
	return 1
}
ok "no region is committed over static capacity without memory" no_memory
ok "dc_extents is read-only while the device is live" not "$EBUSY" \
	"a/dc_extents: read-only while the device is live: write 0 to live first" 0:2M: a/dc_extents
put 0 a/live
form="must be a comma-separated list of <dpa>:<length>:<tag>[:<sequence>], such as 0:128M:,256M:128M:"
ok "an invalid list is refused" not "$EINVAL" "a/dc_extents=2G:128M:,: $form" "2G:128M:,"  \
	a/dc_extents
# refused_live TEXT: of a, whose line in the log comes before that of live
refused_live()
{
	! put 1 a/live >/tmp/error || return 1
	log | grep -qF "cxl_mock_dcd: dc_extents: $1" && value 0 a/live
}
below()
{
	put 0:128M: a/dc_extents &&
		refused_live "0x0:0x8000000:00000000-0000-0000-0000-000000000000:0: "
}
ok "an extent in the static capacity is refused" below
overlap()
{
	put 2G:128M:,2G:2M: a/dc_extents &&
		refused_live "0x80000000:0x200000:00000000-0000-0000-0000-000000000000:0: "
}
ok "so is an extent that overlaps another" overlap
put 100M a/ram_size
put "
" a/dc_extents
ok "static capacity that is no multiple is refused" not "$EINVAL" \
	"a/ram_size=100M: must be a multiple of 256M and of dc_block_size (256M) and at most 4194303G, which dc_total_size leaves of 4096T, nearest is 256M" \
	1 a/live
gone()
{
	put 0 b/live && rmdir "$root/a" "$root/b" && rmmod cxl_mock_dcd
}
ok "both devices are removed" gone

# The host finds what was there before it.
load_base
recovered()
{
	load_host_mock dc_total_size=1G dc_backing=phantom readonly=1 \
		dc_extents="0:128M:$TAG,256M:128M:0" && equal "$(cdat 21)" " 60" &&
		region=$(create_region 1G) && wait_for 10 two_daxes &&
		equal "$(states)" "0x0 0x8000000 accepted
0x10000000 0x8000000 accepted"
}
two_daxes()
{
	equal "$(daxes | wc -l)" 2
}
ok "a region recovers the extents that were accepted before" recovered
ok "the device is removed" unload_mock

finish
