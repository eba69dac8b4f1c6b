#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A region goes while the kernel uses an extent of it as its memory: that stays its
# memory until the next boot, and the device does not get it back. Needs memory as
# test_reserved.sh does, which is in use afterwards.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./host.sh

begin 11
load_base
need_no_mock
need_reserved
[ -n "${CXL_DCD_THROWAWAY:-}" ] ||
	skip_all "memory would stay in use until the next boot: set CXL_DCD_THROWAWAY=1 if you want that"
need_kmem
keep_offline
watch

set_up()
{
	load_reserved_mock && region=$(create_region 512M) &&
		inject "0x8000000:0x8000000:$TAG:0" && inject "0x10000000:0x200000::0" &&
		dax=$(dax_of "$TAG") && daxctl reconfigure-device --mode=system-ram "$dax"
}
ok "an extent is online as System RAM" set_up
destroyed()
{
	destroy_region "$region" && equal "$(daxes)" "" &&
		equal "$(states)" "0x8000000 0x8000000 accepted"
}
ok "its region is destroyed, and only the online extent is not released" destroyed
wanted()
{
	forget
	put dc_del_extent "0x8000000:0x8000000:$TAG" && handled &&
		equal "$(verdicts release)" deferred &&
		equal "$(states)" "0x8000000 0x8000000 releasing" &&
		said "extent 0x8000000 of 0x8000000 bytes: release requested while in use as System RAM until the next boot"
}
ok "a release request for kept memory is deferred" wanted
beside()
{
	inject "0x10000000:0x200000::0" && equal "$(verdicts verdict)" no-region
}
ok "capacity beside kept memory can be offered again" beside
# What the kernel has is remembered beyond the binding of the device's driver.
rebound()
{
	cd "$dev" && echo "${dev##*/}" >driver/unbind &&
		echo "${dev##*/}" >/sys/bus/platform/drivers/cxl_mock_dcd/bind || return 1
	wait_for 20 mock_memdev && grep -q "System RAM (kmem)" /proc/iomem
}
ok "the device's driver is bound again" rebound
ok "the release is still deferred after that" wanted
recovered()
{
	forget
	region=$(create_region 512M) && equal "$(verdicts verdict)" overlap &&
		equal "$(daxes)" "" && equal "$(states)" "0x8000000 0x8000000 releasing" &&
		wanted
}
ok "kept memory is not recovered under another region" recovered
stays()
{
	fails rmmod cxl_dcd
}
ok "the device is removed" unload_mock
ok "cxl_dcd stays loaded and remembers the kept memory" stays
# again BACKING: the same device once more, which the log refuses in one line
again()
{
	forget_log=$(log | wc -l)
	! load_reserved_mock dc_backing="$1" || { unload_mock; return 1; }
	equal "$(log | tail -n +$((forget_log + 1)) | grep -o 'window_base=.*')" \
		"window_base=$reserved_at: part of a window of $reserved_size is System RAM until the next boot, offline or not: use memory outside it, or reboot"
}
ok "a device cannot be created over kept memory" again reserved
ok "nor a device without backing" again none
unwatch
online_as_before

finish
