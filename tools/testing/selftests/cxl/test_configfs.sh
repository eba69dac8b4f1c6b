#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Devices through configfs: life cycle, every refusal with its errno and its line
# in the log, several devices at once, removal in each state. Their backends are
# in test_backends.sh.
set -eu
cd "$(dirname "$0")"
. ./lib.sh

begin 58
load_base
need_no_mock
. ./lib-configfs.sh
. ./lib-device.sh

# make NAME TOTAL SERIAL: a device that is live
make()
{
	mkdir "$root/$1" && put "$2" "$1/dc_total_size" && put "$3" "$1/serial" &&
		live "$1" "$3"
}

remove()
{
	put 0 "$1/live" && rmdir "$root/$1"
}

windows()
{
	grep -c 'CXL Window (mock)' /proc/iomem
}

rubbish="must be a number, optionally with a suffix K, M, G or T, such as 4G"
held="read-only while the device is live: write 0 to live first"

before_all=$(listing)
insert cxl_mock_dcd
ok "the module makes its directory" test -d $root
ok "the module's directory is empty" equal "$(ls -A $root)" ""

# Configuration
mkdir "$root/a"
defaults()
{
	value 0 a/dc_total_size && value 1 a/num_dc_regions && value 2097152 a/dc_block_size &&
		value 0 a/sharable && value 4096 a/max_extents && value 1024 a/max_tags &&
		value 0 a/poison_limit && value 0 a/alerts && value 0 a/qos_class &&
		value 1 a/devices &&
		value 0 a/window_base && value 0 a/window_size && value none a/dc_backing &&
		value 0 a/ram_size && value 0 a/readonly && value "" a/dc_extents &&
		value 0 a/live && [ -d "$root/a/backends" ]
}
ok "a device has the defaults of the parameters" defaults
ok "each device has a serial number of its own" value $((0xdcd1)) a/serial
written()
{
	put 4G a/dc_total_size && put 2 a/num_dc_regions && put 4M a/dc_block_size &&
		put 0x1001 a/serial && put 0x3 a/sharable && put phantom a/dc_backing &&
		value 4294967296 a/dc_total_size && value 2 a/num_dc_regions &&
		value 4194304 a/dc_block_size && value 4097 a/serial && value 3 a/sharable &&
		value phantom a/dc_backing && put 0 a/sharable && put none a/dc_backing
}
ok "attributes read back as written, sizes in bytes" written
ok "a size that is a word is refused" not "$EINVAL" "a/dc_total_size=plenty: $rubbish" \
	plenty a/dc_total_size
ok "a size followed by text is refused" not "$EINVAL" "a/window_size=4G\\x0a4G: $rubbish" "4G
4G" a/window_size
ok "a size that overflows is refused" not "$ERANGE" \
	"a/window_size=16E: does not fit in 64 bits, the maximum is 0xfffffffff0000000" \
	16E a/window_size
ok "a number that is a word is refused" \
	not "$EINVAL" "a/num_dc_regions=two: $rubbish" two a/num_dc_regions
ok "an unknown backing is refused" not "$EINVAL" \
	"a/dc_backing=lots: must be none, phantom or reserved" lots a/dc_backing
ok "live that is neither 0 nor 1 is refused" \
	not "$EINVAL" "a/live=maybe: must be 0 or 1" maybe a/live
ok "a number that overflows is refused with its own limit" not "$ERANGE" \
	"a/serial=16E: does not fit in 64 bits, the maximum is 0xffffffffffffffff" \
	16E a/serial
ok "a size followed by a NUL is refused" not_bytes "$EINVAL" "a/dc_total_size=4G\\x00: $rubbish" \
	'4G\000' a/dc_total_size
ok "a size followed by a NUL and text is refused" not_bytes "$EINVAL" \
	"a/dc_total_size=4G\\x00\\x1b\\xff: $rubbish" '4G\000\033\377' a/dc_total_size
ok "a backing followed by a NUL and text is refused" not_bytes "$EINVAL" \
	"a/dc_backing=phantom\\x00more: must be none, phantom or reserved" \
	'phantom\000more' a/dc_backing
ok "a size of two lines is refused" not "$EINVAL" "a/dc_total_size=4G\\x0a: $rubbish" "4G

" a/dc_total_size
odd=$(printf 'd\033\377\n%%s')
odd_name()
{
	mkdir "$root/$odd" && not "$EINVAL" 'd\x1b\xff\x0a%s/live=2: must be 0 or 1' 2 "$odd/live" &&
		mkdir "$root/$odd/backends/$odd" &&
		not "$EINVAL" 'd\x1b\xff\x0a%s/backends/d\x1b\xff\x0a%s/live=2: must be 0 or 1' \
			2 "$odd/backends/$odd/live" && rmdir "$root/$odd/backends/$odd" "$root/$odd"
}
ok "a directory's name is shown printable" odd_name
ok "a refused value changes nothing" value 4294967296 a/dc_total_size
put 0 a/dc_total_size
ok "live without capacity is refused" not "$EINVAL" \
	"a/dc_total_size=0: a device needs capacity: write a size to dc_total_size first, such as 4G" \
	1 a/live
put 4G a/dc_total_size
put 3 a/num_dc_regions
ok "live with conflicting values is refused" not "$EINVAL" \
	"a/dc_total_size=4G: must be a multiple of num_dc_regions (3) x 256M = 768M and at most 4096T, nearest is 3840M" \
	1 a/live
put 9 a/num_dc_regions
ok "live with a value out of range is refused" not "$ERANGE" \
	"a/num_dc_regions=9: must be 1 to 8, nearest is 8" 1 a/live
put 2 a/num_dc_regions
put 256M a/window_base
collides()
{
	if put 1 a/live >/tmp/put.output; then
		return 1
	fi
	grep -q "$EBUSY" /tmp/put.output &&
		log | grep -q "window_base=0x10000000: .*collide" &&
		log | grep -q "a/live=1: cannot create the device, see the previous message"
}
ok "live on a window that collides is refused" collides
ok "a refused live stays 0" value 0 a/live
put 0 a/window_base

# Life cycle
ok "writing 1 to live creates a device" live a 0x1001
ok "live reads 1" value 1 a/live
mem=$(memdev 0x1001)
ok "the device has the capacity" equal "$(cat "$devices/$mem/dynamic_ram_1/size")" 0x100000000
ok "once more changes nothing" put 1 a/live
ones=$(printf '%04095d' 0 | tr 0 1)
still_live()
{
	for text in 0x1 01 offline off n 00 "0 " " 0" "0

" "$ones"; do
		! put "$text" a/live >/tmp/error || { echo "'$text' was accepted"; return 1; }
		grep -q "$EINVAL" /tmp/error || return 1
	done
	value 1 a/live
}
ok "only 0 is accepted by a live device" still_live
ok "the memdev has not changed" equal "$(memdev 0x1001)" "$mem"
readonly_while_live()
{
	for attr in dc_total_size num_dc_regions dc_block_size serial sharable max_extents \
			max_tags poison_limit alerts qos_class devices window_base window_size dc_backing ram_size readonly dc_extents region_size; do
		text=$(cat "$root/a/$attr")
		not "$EBUSY" "a/$attr: $held" "${text:-0:2M:}" "a/$attr" || return 1
	done
}
ok "all other attributes are read-only while the device is live" readonly_while_live
rmdir_live()
{
	! rmdir "$root/a" 2>/tmp/error && grep -q "$EBUSY" /tmp/error && value 1 a/live
}
ok "its directory cannot be removed" rmdir_live
ok "writing 0 to live removes the device" put 0 a/live
ok "the device is no longer listed" fails any_memdev 0x1001
ok "once more changes nothing" put 0 a/live
ok "attributes keep their values" value 4294967296 a/dc_total_size
again()
{
	for _ in 1 2 3 4 5; do
		live a 0x1001 && put 0 a/live || return 1
	done
}
ok "the device can be created and removed again" again
ok "its directory can be removed" rmdir "$root/a"
ok "nothing is left of the device" equal "$(listing)" "$before_all"

# Several at once, with the module's own
rmmod cxl_mock_dcd
insert cxl_mock_dcd dc_total_size=1G serial=0x2000
wait_for 20 memdev 0x2000 || :
three()
{
	make a 1G 0x2001 && make b 2G 0x2002 && make c 16T 0x2003
}
ok "three devices beside the module's" three
ok "each device has a window" equal "$(windows)" 4
sizes()
{
	for pair in 0x2000:0x40000000 0x2001:0x40000000 0x2002:0x80000000 \
			0x2003:0x100000000000; do
		mem=$(memdev "${pair%:*}") &&
			equal "$(cat "$devices/$mem/dynamic_ram_1/size")" "${pair#*:}" || return 1
	done
}
ok "each device has a memdev with its serial number and capacity" sizes
roots()
{
	set -- /sys/devices/platform/cxl_mock_dcd/root* /sys/devices/platform/cxl_mock_dcd-*/root*
	equal $# 4
}
ok "each device has a CXL root of its own" roots
# the names do not depend on what was there before
buses()
{
	equal "$(cxl list -b cxl_mock_dcd -M | jq -r .[].serial)" $((0x2000)) &&
		equal "$(cxl list -b cxl_mock_dcd-b -M | jq -r .[].serial)" $((0x2002))
}
ok "the CXL root is named after the directory" buses
regions()
{
	region 0x2002 1G && region 0x2000 1G &&
		equal "$(cxl list -R | jq -r '[.[].decode_state] | unique | join(" ")')" commit
}
ok "a region over the second, and one over the module's" regions
same_serial()
{
	mkdir "$root/same" && put 256M same/dc_total_size && put 0x2003 same/serial &&
		put 1 same/live &&
		log | grep -q "cxl_mock_dcd: serial=0x2003: used by another mock device too, and cxl finds devices by it: give each device its own" &&
		equal "$(log | grep -c 'used by another mock device too')" 1 && remove same
}
ok "the log warns of two with one serial number" same_serial
ok "the third device is removed" remove c
ok "the other devices stay" equal "$(windows)" 3
ok "their regions stay" equal "$(cxl list -R | jq length)" 2
other_region()
{
	other=$(region 0x2001 1G) && cxl_destroy_region "$other"
}
ok "new regions can be created over them" other_region
gone_with_region()
{
	remove b && fails any_memdev 0x2002 && equal "$(cxl list -R | jq length)" 1
}
ok "a device is removed with its region" gone_with_region
unload_refused()
{
	! rmmod cxl_mock_dcd 2>/tmp/error && grep -q "in use" /tmp/error && memdev 0x2001
}
ok "the module cannot be unloaded while a device is live" unload_refused
put 0 a/live
unload_refused_idle()
{
	! rmmod cxl_mock_dcd 2>/tmp/error && grep -q "in use" /tmp/error
}
ok "nor while there is a directory" unload_refused_idle
disabled()
{
	live a 0x2001 && cxl disable-memdev "$(memdev 0x2001)" && remove a
}
ok "a device whose memdev is disabled is removed" disabled
unbound()
{
	make a 1G 0x2004 || return 1
	device=$(basename "$(realpath "$devices/$(memdev 0x2004)/..")")
	echo "$device" >/sys/bus/platform/drivers/cxl_mock_dcd/unbind && remove a
}
ok "a device whose driver is unbound is removed" unbound
beside_large()
{
	make c 16T 0x2005 && make d 1G 0x2006 && equal "$(windows)" 3 &&
		! log | tail -n +$((lines_before + 1)) | grep "window limited to .* of" &&
		remove c && remove d
}
lines_before=$(log | wc -l)
bits=$(sed -n 's/^address sizes.*: \([0-9]*\) bits physical.*/\1/p' /proc/cpuinfo | head -n 1)
name="a device has room beside one of 16T"
if [ "${bits:-0}" -ge 46 ]; then
	ok "$name" beside_large
else
	skip "$name" "needs 46 bits of physical addresses, this machine has ${bits:-0}"
fi
race()
{
	for _ in 1 2 3 4 5 6; do
		mkdir "$root/r" && put 256M r/dc_total_size || return 1
		{ put 1 r/live; put 0 r/live; } >/dev/null 2>&1 &
		while ! rmdir "$root/r" 2>/dev/null && [ -d "$root/r" ]; do :; done
		wait
		[ ! -d "$root/r" ] || return 1
	done
}
ok "live and rmdir do not race" race
ok "the module is unloaded with its own device" rmmod cxl_mock_dcd
ok "nothing is left" equal "$(listing)" "$before_all"

finish
