#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Regions over Dynamic Capacity: by cxl-cli, in and across DC regions, and what
# the core refuses.
set -eu
cd "$(dirname "$0")"
. ./lib.sh

begin 17
load_base
need_no_mock
load_mock dc_total_size=4G num_dc_regions=2
mem=$(mock_memdev)

dpa_of()
{
	printf '%#x\n' "$(cat "$devices/$(cat "$devices/$1/target0")/dpa_resource")"
}

first=$(cxl_create_region 2G) || first=
second=$(cxl_create_region 2G) || second=
ok "a region over the first DC region" test -n "$first"
ok "the first region lies in it" equal "$(dpa_of "$first")" 0
ok "a region over the second DC region" test -n "$second"
ok "the second region lies in it" equal "$(dpa_of "$second")" 0x80000000
ok "both are committed" equal \
	"$(cxl list -R | jq -r '[.[].decode_state] | join(" ")')" "commit commit"
ok "no third region fits" fails cxl_create_region 256M

# The stock driver must not have capacity that has no memory.
dax_driver()
{
	basename "$(realpath "$devices/dax_region${first#region}/driver")"
}
ok "cxl_dcd's driver is bound to the DAX region" equal "$(dax_driver)" cxl_dcd_dax_region

stock_driver()
{
	modprobe dax_cxl || return 1
	# cxl_dcd looks for it by this name
	[ -e /sys/bus/cxl/drivers/cxl_dax_region ] || { ls /sys/bus/cxl/drivers && return 1; }
	stock=$(create_region 256M) || return 1
	equal "$(basename "$(realpath "$devices/dax_region${stock#region}/driver")")" \
		cxl_dcd_dax_region && [ -z "$(ls /sys/bus/dax/devices 2>/dev/null)" ] &&
		destroy_region "$stock"
}

destroy_both()
{
	cxl_destroy_region "$second" && cxl_destroy_region "$first"
}
ok "regions are destroyed, the last one first" destroy_both
# On 7.3 it brings the drivers of other CXL devices, which the host would then drive.
brought=
loaded cxl_pci || brought="cxl_pci cxl_acpi"
ok "the stock DAX driver does not get a region" stock_driver
# shellcheck disable=SC2086 # words
modprobe -r dax_cxl $brought || :

two()
{
	a=$(cxl_create_region 512M) && b=$(cxl_create_region 1G) &&
		equal "$(dpa_of "$a")" 0 && equal "$(dpa_of "$b")" 0x20000000 &&
		cxl_destroy_region "$b" && cxl_destroy_region "$a"
}
ok "two regions in one DC region" two
across()
{
	region=$(cxl_create_region 4G) && cxl_destroy_region "$region"
}
ok "a region over both DC regions" across
ok "cxl-cli refuses a region larger than the capacity" fails cxl_create_region 5G

# Without cxl-cli's own check the kernel has to refuse.
decoder=$(ls -d "$devices/$(mock_endpoint)"/decoder*.0)
core_refuses()
{
	echo ram >"$decoder/mode" || return 1
	# dd, as it says which errno
	if echo 0x140000000 | dd of="$decoder/dpa_size" 2>/tmp/error; then
		echo 0 >"$decoder/dpa_size"
		return 1
	fi
	grep -q "No space left on device" /tmp/error
}
ok "so does the core" core_refuses

unbind()
{
	region=$(cxl_create_region 2G) || return 1
	cxl disable-memdev -f "$mem" && cxl enable-memdev "$mem" || return 1
	wait_for 10 mock_endpoint || return 1
	# the region has lost its target, which is more than cxl-cli can handle
	echo "$region" >"$devices/$(mock_root_decoder)/delete_region" || return 1
	region=$(cxl_create_region 4G) && cxl_destroy_region "$region"
}
ok "a memdev that is disabled under a region comes back" unbind

# Committed, as one that nobody disabled first; the log is judged at the end.
delete()
{
	region=$(create_region 2G) &&
		echo "$region" >"$devices/$(mock_root_decoder)/delete_region" &&
		echo 0 >"$decoder/dpa_size" && region=$(create_region 4G) && destroy_region "$region"
}
ok "a region is deleted while it is in use" delete

port_rebind()
{
	port=$(basename "$(dirname "$(realpath "$devices/$(mock_endpoint)")")")
	echo "$port" >/sys/bus/cxl/drivers/cxl_port/unbind || return 1
	wait_for 10 fails mock_endpoint || return 1
	echo "$port" >/sys/bus/cxl/drivers/cxl_port/bind || return 1
	cxl enable-memdev "$mem" && wait_for 10 mock_endpoint && region=$(create_region 2G) &&
		destroy_region "$region"
}
ok "the bridge's port is unbound and bound again" port_rebind
ok "the device unloads" unload_mock

finish
