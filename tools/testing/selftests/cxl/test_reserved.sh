#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# dc_backing=reserved: the window is on memory that the kernel was booted
# without, and nowhere else. Needs such memory: boot with memmap=SIZE$ADDRESS.
set -eu
cd "$(dirname "$0")"
. ./lib.sh

begin 9
load_base
need_no_mock

# what memmap= reserved, as "SIZE ADDRESS"
reserved=$(sed -n 's/.*memmap=\([0-9]*[KMG]\)\$\(0x[0-9a-f]*\).*/\1 \2/p' /proc/cmdline)

# refused PARAMETER...: with the boot parameter to use
refused()
{
	! insert cxl_mock_dcd dc_total_size=1G dc_backing=reserved "$@" 2>/tmp/error || return 1
	grep -q "Invalid argument" /tmp/error || return 1
	log | tail -n 1 | grep -q "dc_backing=reserved needs 1G there .*boot with memmap=1G[$]0x"
}
ok "no address is refused" refused
ok "the kernel's own memory is refused" refused window_base=0x10000000
ok "free address space is refused" refused window_base=0x4000000000

if [ -z "$reserved" ]; then
	for name in "reserved memory is accepted" "the host is told that it is memory" \
		"a region is over it" "it unloads" \
		"of a phantom it is not told so" "beyond it is refused"; do
		skip "$name" "boot with memmap=1G\$0x100000000 to have reserved memory"
	done
	finish
fi
size=${reserved% *}
address=${reserved#* }

ok "reserved memory is accepted" load_mock dc_total_size="$size" dc_backing=reserved \
	window_base="$address"
# the node has the property and nothing else; its value is not in sysfs
ok "the host is told that it is memory" \
	test -e "$(realpath "$devices/$(mock_memdev)/..")/software_node"

region()
{
	region=$(create_region 256M) || return 1
	equal "$(printf '%#x' "$(cat "$devices/$region/resource")")" "$(printf '%#x' "$address")" &&
		destroy_region "$region"
}
ok "a region is over it" region
ok "it unloads" unload_mock

phantom()
{
	load_mock dc_total_size="$size" dc_backing=phantom || return 1
	node=$(realpath "$devices/$(mock_memdev)/..")/software_node
	! test -e "$node" && unload_mock
}
ok "of a phantom it is not told so" phantom

beyond()
{
	grep -q "Reserved" /proc/iomem || return 1
	! insert cxl_mock_dcd dc_total_size="$size" dc_backing=reserved \
		window_base="$address" window_size=8G 2>/dev/null
}
ok "beyond it is refused" beyond

finish
