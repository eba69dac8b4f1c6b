#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Devices that are not the mock's: the redirects change nothing for them, except
# that cxl_dcd gives those with Dynamic Capacity a partition. Needs CXL hardware
# on PCI, such as QEMU's cxl-type3, with static and with dynamic memory.
set -eu
cd "$(dirname "$0")"
. ./lib.sh

begin 9
load_base
need_no_mock
{ modprobe cxl_acpi && modprobe cxl_pci; } 2>/dev/null || skip_all "cannot load cxl_acpi and cxl_pci"

# foreign FILTER: the name of the first PCI memdev that passes a filter of jq
foreign()
{
	cxl list -M -i | jq -er "[.[] | select(.host | startswith(\"0000:\")) | select($1)][0].memdev"
}

wait_for 10 foreign true || { modprobe -r cxl_pci cxl_acpi; skip_all "no CXL device on PCI"; }
static=$(foreign '.ram_size > 1 or .pmem_size > 0') || static=
dynamic=$(for mem in $(cxl list -M -i | jq -r '.[] | select(.host | startswith("0000:")) | .memdev'); do
	[ ! -e "$devices/$mem/dynamic_ram_1" ] || echo "$mem"; done | head -n 1)
[ -z "$dynamic" ] || [ "$static" != "$dynamic" ] ||
	static=$(foreign ".memdev != \"$dynamic\" and .ram_size > 1") || static=

# all that cxl-cli and sysfs tell of a memdev and what is above and below it
picture()
{
	cxl list -M -B -P -E -D -T -i -m "$1" | jq -S .
	find "$devices/$1/" -type f | sort
}

if [ -n "$dynamic" ]; then
	size=$(cat "$devices/$dynamic/dynamic_ram_1/size")
	length=$(cat "$devices/$dynamic/dc_region0/decode_length")
	ok "a device with Dynamic Capacity has a partition" test $((size)) -ge 268435456
	ok "its partition covers its DC regions" test $((length)) -gt 0
	ok "the core uses the partition" \
		equal "$(cxl list -M -m "$dynamic" | jq '.[0].ram_size')" $((size))
else
	skip "a device with Dynamic Capacity has a partition" "there is none"
	skip "its partition covers its DC regions" "there is none"
	skip "the core uses the partition" "there is none"
fi

if [ -n "$static" ]; then
	ok "a device with static memory has no such partition" \
		fails test -e "$devices/$static/dynamic_ram_1"
	before=$(picture "$static")
	load_mock dc_total_size=1G
	ok "the device looks the same with the mock loaded" equal "$(picture "$static")" "$before"
	unload_mock
	ok "it looks the same after the mock is unloaded" equal "$(picture "$static")" "$before"
	load_mock dc_total_size=1G
	region=$(create_region 512M)

	# Under a hypervisor the core refuses to commit a region with a warning;
	# a region of the mock that it commits must not change that for others.
	if grep -q '^flags.* hypervisor' /proc/cpuinfo; then
		expected="Failed to synchronize CPU cache state|cxl_region_invalidate_memregion|WARNING:.*(region.c|set_memory.c)|Call Trace"
		decoder=$(cxl list -D -d root -m "$static" | jq -r '[.. | .decoder? // empty][0]')
		ok "its regions are refused as without the mock" \
			fails cxl create-region -m -t ram -d "$decoder" -s 256M "$static"
		log | grep -q "Failed to synchronize CPU cache state" ||
			echo "# for another reason than expected"
	else
		skip "its regions are refused as without the mock" "only under a hypervisor"
	fi
	ok "the mock's region is not affected" destroy_region "$region"
	ok "the mock unloads" unload_mock
else
	load_mock dc_total_size=1G && unload_mock
	for name in "a device with static memory has no such partition" "the device looks the same with the mock loaded" \
		"it looks the same after the mock is unloaded" "its regions are refused as without the mock" \
		"the mock's region is not affected" "the mock unloads"; do
		skip "$name" "there is no device with static memory"
	done
fi

modprobe -r cxl_pci cxl_acpi
finish
