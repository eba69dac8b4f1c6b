#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What one would type to try the mock device, and what one sees: each command
# is shown before its output. Ends at the first that fails.
set -eu

# show COMMAND: as if typed
show() {
	printf '\n# %s\n' "$1"
	eval "$1"
}

# wait_for SECONDS COMMAND: until it succeeds
wait_for() {
	deadline=$(($(date +%s) + $1))
	until eval "$2" > /dev/null 2>&1; do
		if [ "$(date +%s)" -ge "$deadline" ]; then
			echo "nothing after $1 s: $2" >&2
			return 1
		fi
		usleep 50000
	done
}

dmesg -c > /dev/null

show "uname -r"
show "modprobe cxl_mem"
show "insmod cxl_redirect.ko"
show "insmod cxl_dcd.ko"
show "insmod cxl_mock_dcd.ko dc_total_size=4G num_dc_regions=2"

wait_for 20 "cxl list -M | jq --exit-status 'length > 0'"
mem=$(cxl list -M | jq -r '.[0].memdev')
decoder=$(cxl list -D -d root -m "$mem" | jq -r '.[0].decoder')

show "cat /sys/bus/cxl/devices/$mem/dynamic_ram_1/size"
show "cxl list -M -u"
show "cxl list -B -P -E -u"
show "cxl list -D -d root -u"

show "cxl create-region -m -t ram -d $decoder -s 2G $mem"
show "cxl create-region -m -t ram -d $decoder -s 2G $mem"
show "cxl list -R -u"
regions=$(cxl list -R | jq -r '.[].region')
[ "$(echo "$regions" | wc -l)" = 2 ]

# the last one first: the core frees a device's capacity from its end
for region in $(echo "$regions" | tac); do
	show "cxl disable-region $region"
	show "cxl destroy-region $region"
done
show "cxl list -R"
show "rmmod cxl_mock_dcd"
show "rmmod cxl_dcd"
show "rmmod cxl_redirect"

echo
if dmesg -r | grep -E 'WARNING|BUG|Oops|^<[0-3]>'; then
	echo "The kernel's log should not have the lines above."
	exit 1
fi
echo "The kernel's log is clean."
