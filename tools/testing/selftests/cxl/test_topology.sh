#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What the core and cxl-cli make of a mock device: ports, decoders, attributes,
# QoS class, CDAT.
set -eu
cd "$(dirname "$0")"
. ./lib.sh

begin 34
load_base
need_no_mock

# what the core says of registers while it makes the ports
debug=/sys/kernel/debug/dynamic_debug/control
watch_ports()
{
	[ ! -e "$debug" ] || printf 'format "%s" %s\n' "Component Registers found" "$1" \
		"dport added to" "$1" >"$debug"
}

watch_ports +p
ok "a device is there after the load" \
	load_mock dc_total_size=4G num_dc_regions=2 dc_block_size=4M serial=0x1234
watch_ports -p
no_registers()
{
	log | grep -q "dport added to" && ! log | grep "Component Registers found"
}
if [ -e "$debug" ]; then
	ok "no port has component registers" no_registers
else
	skip "no port has component registers" "this kernel has no dynamic debug"
fi
mem=$(mock_memdev)
endpoint=$(mock_endpoint)

memdev()
{
	cxl list -M -m "$mem" | jq -r ".[0].$1"
}

# decoders PORT: how many it has
decoders()
{
	find "$devices/$1/" -maxdepth 1 -name 'decoder*.*' | wc -l
}

root()
{
	cxl list -D -d "$(mock_root_decoder)" | jq -r ".[0].$1"
}

region_attr()
{
	attr "dc_region$1/$2"
}

port=$(basename "$(dirname "$(realpath "$devices/$endpoint")")")

ok "ram_size is the Dynamic Capacity" equal "$(memdev ram_size)" 4294967296
ok "the serial number is the parameter's" equal "$(memdev serial)" 4660
ok "the memdev has a QoS class" equal "$(memdev ram_qos_class)" 1
ok "the window has the same QoS class" equal "$(root qos_class)" 1
ok "the window has the size of the capacity" equal "$(root size)" 4294967296
ok "the window is volatile-capable" equal "$(root volatile_capable)" true
ok "the window is listed in iomem" grep -q "CXL Window (mock)" /proc/iomem
ok "the endpoint is below a port" equal "${port%%[0-9]*}" port
ok "the endpoint has decoders for two regions in each of 8 DC regions" \
	equal "$(decoders "$endpoint")" 16
ok "the bridge has as many decoders" equal "$(decoders "$port")" 16
ok "dynamic_ram_1/size is the partition" equal "$(attr dynamic_ram_1/size)" 0x100000000
ok "region 0 begins at DPA 0" equal "$(region_attr 0 base)" 0x0
ok "region 1 follows" equal "$(region_attr 1 base)" 0x80000000
ok "region 1 has half the capacity" equal "$(region_attr 1 length)" 0x80000000
ok "region 1 decodes that much" equal "$(region_attr 1 decode_length)" 0x80000000
ok "region 1 has the block size of the parameter" equal "$(region_attr 1 block_size)" 0x400000
ok "region 1 has a DSMAS of its own" equal "$(region_attr 1 dsmad_handle)" 0x1
ok "there is no DC region 2" fails test -e "$devices/$mem/dc_region2"

cdat=$devices/$endpoint/CDAT
# bytes OFFSET COUNT: of the CDAT, in hex
bytes()
{
	od -An -v -tx1 -j "$1" -N "$2" "$cdat" | tr -d ' \n'
}

cdat_sum()
{
	od -An -v -tu1 "$cdat" | awk '{ for (i = 1; i <= NF; i++) sum += $i } END { print sum % 256 }'
}

# A header of 16 bytes; per region a DSMAS, four DSLBIS and a DSEMTS of 24 each.
ok "the CDAT has two regions" equal "$(wc -c <"$cdat")" $((16 + 2 * 6 * 24))
ok "the CDAT reports its length" equal "$(bytes 0 4)" 30010000
ok "the checksum of the CDAT is right" equal "$(cdat_sum)" 0
ok "its second DSMAS has the range of region 1" \
	equal "$(bytes $((16 + 6 * 24 + 8)) 16)" 00000080000000000000008000000000

perf()
{
	region=$(cxl_create_region 2G)
	mismatch=$(cxl list -R -r "$region" | jq '.[0].qos_class_mismatch')
	cxl_destroy_region "$region"
	equal "$mismatch" null
}
ok "cxl-cli sees no mismatch of QoS classes" perf

ok "the memdev hangs below its platform device" \
	equal "$(basename "$(realpath "$devices/$mem/..")" | cut -d. -f1)" cxl_mock_dcd
ok "the device unloads" unload_mock
ok "nothing of the device is left" fails grep -q "CXL Window (mock)" /proc/iomem

load_mock dc_total_size=1G dc_backing=phantom qos_class=2
mem=$(mock_memdev)
first=$(mock_root_decoder)
second=${first%.0}.1
# windows FIELD: of both, as one word
windows()
{
	cxl list -b cxl_mock_dcd -D -d root | jq -c "[sort_by(.decoder) | .[].$1]"
}
second_window()
{
	equal "$(windows qos_class)" "[1,2]" && equal "$(windows size)" "[1073741824,1073741824]" &&
		equal "$(windows 'resource' | jq '.[1] - .[0]')" 1073741824
}
ok "with qos_class a second window of the same size follows" second_window
ok "the memory has the QoS class of the first" equal "$(memdev ram_qos_class)" 1
enforced()
{
	fails cxl create-region -Q -m -t ram -d "$second" -s 512M "$mem" 2>/tmp/error &&
		grep -q "$second qos_class mismatch $mem" /tmp/error &&
		equal "$(cxl list -R | jq length)" 0
}
ok "cxl create-region -Q is refused in the second" enforced
mismatch()
{
	region=$(cxl create-region -m -t ram -d "$second" -s 512M "$mem" | jq -er .region) &&
		cxl list -R -r "$region" >/tmp/region &&
		equal "$(jq -c '.[0] | [.qos_class_mismatch, .resource]' /tmp/region)" \
			"[true,$(windows resource | jq '.[1]')]" && cxl_destroy_region "$region"
}
ok "without -Q a region is created at its beginning, and cxl list shows the mismatch" mismatch
matching()
{
	region=$(cxl create-region -Q -m -t ram -d "$first" "$mem" | jq -er .region) &&
		cxl list -R -r "$region" >/tmp/region &&
		equal "$(jq -c '.[0] | [.qos_class_mismatch, .size]' /tmp/region)" "[null,1073741824]" &&
		cxl_destroy_region "$region"
}
ok "in the first window -Q finds a match, and all of it can be used" matching
gone()
{
	unload_mock && fails grep -q "CXL Window (mock)" /proc/iomem
}
ok "both windows are removed with the device" gone

finish
