#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Mailbox commands as cxl-cli sends them. The rules of each command are unit tests.
set -eu
cd "$(dirname "$0")"
. ./lib.sh

begin 9
load_base
need_no_mock
load_mock dc_total_size=4G
mem=$(mock_memdev)
dir=$(mktemp -d)

health()
{
	cxl list -M -H -m "$mem" | jq -r ".[0].health.$1"
}
ok "the media status is normal" equal "$(health media_normal)" true
ok "the temperature is 25 degrees" equal "$(health temperature)" 25
alerts()
{
	cxl list -M -A -m "$mem" | jq -e '.[0].alert_config'
}
ok "the alert configuration can be read" alerts

static_capacity()
{
	cxl list -M -I -m "$mem" | jq '.[0].partition_info.total_size // 0'
}
ok "the device has no static capacity" equal "$(static_capacity)" 0
ok "the firmware version is the mock's" equal "$(cat "$devices/$mem/firmware_version")" "cxl-dcd mock"
ok "the label storage area has 16 KiB" equal "$(cat "$devices/$mem/label_storage_size")" 16384

labels()
{
	dd if=/dev/urandom of="$dir/labels" bs=1k count=16 2>/dev/null
	cxl write-labels -i "$dir/labels" "$mem" && cxl read-labels -o "$dir/back" "$mem" &&
		cmp "$dir/labels" "$dir/back"
}
ok "labels read back as written" labels
poison()
{
	echo 1 >"$devices/$mem/trigger_poison_list"
}
ok "the poison list can be read" poison
rm -rf "$dir"
ok "the mock can be unloaded" unload_mock

finish
