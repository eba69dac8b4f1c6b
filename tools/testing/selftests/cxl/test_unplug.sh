#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A device of configfs goes while a page of it is pinned: who waits for it can be killed,
# and nobody else notices. Needs memory that the kernel was booted without:
# memmap= or mem=.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./host.sh

begin 11
load_base
need_no_mock
need_reserved
need_program daxmem
need_kmem
modprobe configfs 2>/dev/null || :
[ -d /sys/kernel/config ] || skip_all "this kernel has no configfs (CONFIG_CONFIGFS_FS)"
grep -q " /sys/kernel/config configfs" /proc/mounts ||
	mount -t configfs config /sys/kernel/config
root=/sys/kernel/config/cxl_mock_dcd
watch

set_up()
{
	insert cxl_mock_dcd && mkdir "$root/pinned" &&
		echo "$reserved_size" >"$root/pinned/dc_total_size" &&
		echo reserved >"$root/pinned/dc_backing" &&
		echo "$reserved_at" >"$root/pinned/window_base" && echo 1 >"$root/pinned/live" &&
		wait_for 20 mock_memdev && dev=$(realpath "$devices/$(mock_memdev)/..") &&
		debug=/sys/kernel/debug/cxl_mock_dcd/$(basename "$dev") &&
		region=$(create_region 512M) && endpoint=$(mock_endpoint)
}
ok "a device on reserved memory is made" set_up
pin()
{
	inject "0x0:0x400000:$TAG:0" && dax=$(dax_of "$TAG") || return 1
	rm -f /tmp/hold /tmp/held
	mkfifo /tmp/hold
	daxmem "/dev/$dax" pin 0 2M </tmp/hold >/tmp/held 2>&1 &
	holder=$!
	exec 7>/tmp/hold
	wait_for 10 grep -q holding /tmp/held
}
ok "a page of it is pinned" pin
going()
{
	(exec 7>&- && echo 0 >"$root/pinned/live") 2>/dev/null &
	writer=$!
	wait_for 10 said "$dax: pages are pinned; region removal waits"
}
ok "device removal waits for the pinned page" going
# The core has taken the decoder out of its region by now, and would forget a new one.
refused()
{
	decoder=decoder${endpoint#endpoint}.0
	equal "$(cat "$devices/$decoder/region")" "" || return 1
	! echo 0x10000000 >"$devices/$decoder/dpa_size" &&
		said "$decoder: dpa_size=0x10000000: $endpoint is being removed"
}
ok "its decoders get no capacity meanwhile" refused
# in the background, since nobody could end it if it hung
other()
{
	mkdir "$root/other" && echo 1G >"$root/other/dc_total_size" &&
		echo 1 >"$root/other/live" && echo 0 >"$root/other/live" && rmdir "$root/other" &&
		mkdir "$root/pinned/backends/one" && rmdir "$root/pinned/backends/one"
}
nobody_notices()
{
	(exec 7>&- && other && : >/tmp/other.done) &
	wait_for 60 test -e /tmp/other.done
}
rm -f /tmp/other.done
ok "other devices and directories can be created and removed meanwhile" nobody_notices
is_live()
{
	equal "$(timeout 10 cat "$root/pinned/live")" 1
}
ok "live is 1 until the device is removed" is_live
busy()
{
	! dd of="$root/pinned/live" 2>/tmp/error <<-END && grep -q "Device or resource busy" /tmp/error
		$1
	END
}
ok "live=1 is refused meanwhile" busy 1
ok "live=0 is refused meanwhile" busy 0
ok "the log says why" said "pinned/live=0: device removal in progress: waiting for its pinned pages"
killed()
{
	kill -9 "$writer"
	status=0
	wait "$writer" || status=$?
	equal "$status" 137 && is_live
}
ok "the process that waits can be killed" killed
gone_at_last()
{
	exec 7>&-
	wait "$holder" && wait_for 20 equal_live 0 && rmdir "$root/pinned" && gone "$dax" &&
		rmmod cxl_mock_dcd
}
equal_live()
{
	equal "$(cat "$root/pinned/live")" "$1"
}
ok "the device is removed when the page is unpinned" gone_at_last
rm -f /tmp/hold
unwatch

finish
