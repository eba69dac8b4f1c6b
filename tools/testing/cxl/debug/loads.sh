#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# loads.sh NUMBER: loads and unloads the modules so often, with a device.
set -eu
# shellcheck source=tools/testing/cxl/debug/lib.sh
. "$(dirname "$0")/lib.sh"

loads=$1
modprobe cxl_mem
begin 1

load_and_unload()
{
	for load in $(seq "$loads"); do
		if ! { insert cxl_redirect && insert cxl_dcd &&
			insert cxl_mock_dcd dc_total_size=4G num_dc_regions=2 &&
			rmmod cxl_mock_dcd && rmmod cxl_dcd && rmmod cxl_redirect; }; then
			echo "load $load"
			return 1
		fi
		[ $((load % 50)) != 0 ] || echo "# $load loads" >&3
	done
}
# for progress: ok keeps what a test prints
exec 3>&1
start=$(date +%s)
ok "$loads loads and unloads" load_and_unload
echo "# $(($(date +%s) - start)) s"
finish
