#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A region that is there before the host, as firmware leaves one, over extents that were
# accepted before: the host takes both over, and uses them as if it had made them.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./host.sh

begin 17
load_base
need_no_mock
modprobe device_dax
watch

# region_is: sets region to the one over the device, once it is committed
region_is()
{
	region=$(cxl list -R -m "$mem" | jq -er '.[0].region') &&
		equal "$(cat "$devices/$region/commit")" 1 && [ -e "$devices/$region/driver" ]
}
left()
{
	load_host_mock dc_total_size=1G num_dc_regions=2 dc_backing=phantom region_size=512M \
		dc_extents="0:64M:$TAG,128M:64M:$TAG,256M:32M:" && wait_for 20 region_is
}
ok "a device with a committed region loads" left
ok "the region begins with the window and has region_size" eval \
	"equal \$((\$(cat $devices/$region/size))) $((512 << 20)) &&
		equal \"\$(cat $devices/$region/resource)\" \
			\"\$(cat $devices/\$(mock_root_decoder)/start)\""
ok "cxl list shows the region without errors" eval "cxl list -R -r $region | jq -e \
	'.[0] | [.interleave_ways, .decode_state, .type] == [1, \"commit\", \"ram\"]'"
taken_over()
{
	wait_for 20 dax_of "$TAG" >/dev/null && wait_for 20 eval \
		"[ \$(daxes | wc -l) = 2 ]" && equal "$(cat "/sys/bus/dax/devices/$(dax_of "$TAG")/size")" \
			$((128 << 20))
}
ok "the extents of the region have DAX devices, one for the tag group" taken_over
silent()
{
	equal "$(verdicts verdict)" "accepted
accepted" && equal "$(verdicts release)" "" && equal "$(states)" "0x0 0x4000000 accepted
0x8000000 0x4000000 accepted
0x10000000 0x2000000 accepted" && equal "$(grep -c '^host ' "$debug/events")" 0
}
ok "no events were needed for that" silent
ok "another extent in the region is accepted" eval "inject 0x18000000:0x2000000::0 &&
	equal \"\$(verdicts verdict)\" accepted"
ok "an extent outside the region is refused" eval "inject 0x20000000:0x2000000::0 &&
	equal \"\$(verdicts verdict)\" no-region"
ok "an extent that was accepted before is released like any other" \
	eval "release_extent 0x0:0x4000000:$TAG &&
	has_not 0x8000000"
second()
{
	second=$(create_region 512M) && inject 0x20000000:0x2000000::0 &&
		equal "$(verdicts verdict)" accepted && destroy_region "$second"
}
ok "a second region can be created behind it" second
destroyed()
{
	cxl_destroy_region "$region" && equal "$(daxes)$(states)" "" &&
		equal "$(cat "$devices/decoder$(mock_endpoint | tr -d '[:lower:]').0/size")" 0x0
}
ok "cxl destroys the region, and its extents are released" destroyed
again()
{
	again=$(cxl_create_region 512M) && inject "0x0:0x2000000:$TAG:0" &&
		equal "$(verdicts verdict)" accepted && cxl_destroy_region "$again"
}
ok "another region can be created in its place" again
rebound()
{
	platform=$(basename "$dev")
	echo "$platform" >/sys/bus/platform/drivers/cxl_mock_dcd/unbind &&
		echo "$platform" >/sys/bus/platform/drivers/cxl_mock_dcd/bind &&
		wait_for 20 mock_memdev && equal "$(cxl list -R -i)" "[]" &&
		equal $(($(cat "$devices/decoder$(mock_endpoint | tr -d '[:lower:]').0/dpa_size"))) 0
}
ok "the destroyed region does not come back with the driver" rebound
ok "all modules unload" unload_mock

unplugged()
{
	left && unload_mock
}
ok "a device with the region is removed" unplugged

# Whoever comes first: a host that does not use the capacity leaves the decoders alone.
late()
{
	unwatch && rmmod cxl_dcd && insert cxl_mock_dcd dc_total_size=1G num_dc_regions=2 \
		dc_backing=phantom region_size=512M "dc_extents=0:64M:$TAG" || return 1
	wait_for 20 eval "mock_memdev >/tmp/mem" && equal "$(cxl list -R)" "[]" &&
		load_base && platform=$(basename "$(realpath "$devices/$(mock_memdev)/..")") &&
		echo "$platform" >/sys/bus/platform/drivers/cxl_mock_dcd/unbind &&
		echo "$platform" >/sys/bus/platform/drivers/cxl_mock_dcd/bind &&
		wait_for 20 eval "mem=\$(mock_memdev) && region_is" &&
		wait_for 20 dax_of "$TAG"
}
ok "cxl_dcd loaded later recovers the region too" late
ok "all modules unload after that" unload_mock

# With memory behind it, what was written before is read after
memory()
{
	load_reserved_mock region_size="$reserved_size" "dc_extents=0:64M:$TAG" &&
		wait_for 20 dax_of "$TAG" >/dev/null && dax=$(dax_of "$TAG") &&
		wait_for 20 test -c "/dev/$dax" && daxmem "/dev/$dax" write 0 4M 9 || return 1
	unload_mock && load_reserved_mock region_size="$reserved_size" "dc_extents=0:64M:$TAG" &&
		wait_for 20 dax_of "$TAG" >/dev/null && dax=$(dax_of "$TAG") &&
		wait_for 20 test -c "/dev/$dax" && daxmem "/dev/$dax" check 0 4M 9 && unload_mock
}
if find_reserved && command -v daxmem >/dev/null; then
	ok "the data of a recovered extent is preserved" memory
else
	skip "the data of a recovered extent is preserved" "$no_reserved"
fi

finish
