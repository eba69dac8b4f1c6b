#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# cxl_dcd is refused where the stock driver of DAX regions would be tried before its own,
# and where that has another number than cxl_dcd's; else it gets a region first. Needs
# the test module cxl_dax_stranger, which stands for that driver.
set -eu
cd "$(dirname "$0")"
. ./lib.sh

begin 6
need_no_mock
load_base_without_host
modinfo cxl_dax_stranger >/dev/null 2>&1 || [ -n "${CXL_DCD_MODULES:-}" ] ||
	skip_all "the test modules are missing: make modules CXL_DCD_TEST_MODULES=m, then install them"
! loaded dax_cxl || modprobe -r dax_cxl || skip_all "dax_cxl is in use: destroy its regions"

# refused ERRNO TEXT [PARAMETER=VALUE]...: beside a driver with these, for this reason
refused()
{
	errno=$1
	text=$2
	shift 2
	echo "refusal $number" >/dev/kmsg
	insert cxl_dax_stranger "$@" || return 1
	status=0
	insert cxl_dcd 2>/tmp/error || status=$?
	rmmod cxl_dax_stranger
	log | awk -v marker="refusal $number" 'found; index($0, marker) { found = 1 }' >/tmp/said
	cat /tmp/error /tmp/said
	[ "$status" != 0 ] && ! loaded cxl_dcd && grep -q "$errno" /tmp/error &&
		grep -q "cxl_dcd: $text" /tmp/said
}

loads()
{
	insert cxl_dax_stranger "$@" && insert cxl_dcd && rmmod cxl_dax_stranger && rmmod cxl_dcd
}

# whatever way the check goes, all is unloaded
gets_region()
{
	insert cxl_dax_stranger asynchronous=y && insert cxl_dcd &&
		load_mock dc_total_size=1G dc_backing=phantom || return 1
	driver=none
	! region=$(create_region 1G) ||
		driver=$(basename "$(realpath "$devices/dax_$region/driver")")
	rmmod cxl_mock_dcd && rmmod cxl_dax_stranger && rmmod cxl_dcd &&
		equal "$driver" cxl_dcd_dax_region
}

ok "a driver of DAX regions that is tried first has cxl_dcd refused" \
	refused "resource busy" "dax_cxl was loaded first"
ok "beside one that is tried last it loads" loads asynchronous=y
ok "cxl_dcd gets a region before it, whichever was loaded first" gets_region
ok "a driver of DAX regions with the number 9 has cxl_dcd refused" \
	refused "not supported" "the driver of DAX regions has id 9 in this kernel, not 8" id=9
ok "so has one that is tried last" \
	refused "not supported" "the driver of DAX regions has id 9 in this kernel, not 8" \
	id=9 asynchronous=y
ok "without any it loads" insert cxl_dcd
finish
