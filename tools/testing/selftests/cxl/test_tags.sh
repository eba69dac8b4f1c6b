#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Tags on a host with two devices: a tag names one allocation on all of the host.
set -eu
cd "$(dirname "$0")"
. ./lib.sh

begin 7
load_base
need_no_mock
. ./lib-configfs.sh
. ./host.sh
watch
load_host_mock dc_total_size=1G dc_backing=phantom
create_region 1G >/dev/null
first=$dev first_debug=$debug

# on DEVICE: what follows is about it, the first or the second
on()
{
	case $1 in
	first) dev=$first debug=$first_debug ;;
	second) dev=$second debug=$second_debug ;;
	esac
}

# by its bus, since there may be memory devices that are not the mock's
other_memdev()
{
	cxl list -b cxl_mock_dcd-b -M | jq -er '.[0].memdev'
}

second_device()
{
	mkdir "$root/b" && echo 1G >"$root/b/dc_total_size" &&
		echo phantom >"$root/b/dc_backing" && echo 1 >"$root/b/live" &&
		wait_for 20 other_memdev || return 1
	other=$(other_memdev)
	second=$(realpath "$devices/$other/..")
	second_debug=/sys/kernel/debug/cxl_mock_dcd/${second##*/}
	decoder=$(cxl list -D -d root -m "$other" | jq -er '[.. | .decoder? // empty][0]') &&
		cxl create-region -m -t ram -d "$decoder" -s 1G "$other"
}
ok "there are two devices, each with a region" second_device

in_use()
{
	on first && inject "0x0:0x200000:$TAG:0" && equal "$(verdicts verdict)" accepted &&
		on second && inject "0x0:0x200000:$TAG:0" &&
		equal "$(verdicts verdict)" tag-in-use && equal "$(states)" "" &&
		said "refused: the tag is in use on this host"
}
ok "a tag in use on one is refused on the other" in_use
other_tag()
{
	inject "0x0:0x200000:$TAG2:0" && equal "$(verdicts verdict)" accepted &&
		inject "0x200000:0x200000::0" && equal "$(verdicts verdict)" accepted
}
ok "another tag and no tag are accepted" other_tag
again()
{
	on first && release_extent "0x0:0x200000:$TAG" && on second &&
		inject "0x400000:0x200000:$TAG:0" && equal "$(verdicts verdict)" accepted
}
ok "a tag released on one device can be used on the other" again
without_region()
{
	region=$(basename "$(realpath "$devices/dax_region"*"/extent"*"/.." | tail -n 1)") &&
		destroy_region "region${region#dax_region}" && equal "$(states)" "" &&
		on first && inject "0x0:0x200000:$TAG:0" && equal "$(verdicts verdict)" accepted &&
		inject "0x200000:0x200000:$TAG2:0" && equal "$(verdicts verdict)" accepted
}
ok "so can a tag whose region has gone" without_region

# Both at once: the workers of the two devices judge at the same time.
race()
{
	on first && release_extent "0x0:0x200000:$TAG" && release_extent "0x200000:0x200000:$TAG2" &&
		cxl create-region -m -t ram -d "$decoder" -s 1G "$other" || return 1
	for _ in $(seq 5); do
		forget
		echo "0x0:0x200000:$TAG:0" >"$first/dc_inject_extent" &
		echo "0x0:0x200000:$TAG:0" >"$second/dc_inject_extent"
		wait $!
		wait_for 20 seen verdict 2 && on first && handled && on second && handled &&
			equal "$(verdicts verdict | sort | xargs)" "accepted tag-in-use" ||
			return 1
		for device in first second; do
			on "$device"
			[ "$(states)" = "" ] || release_extent "0x0:0x200000:$TAG" || return 1
		done
	done
}
ok "of two offers of a tag at once one is accepted" race

all_gone()
{
	unwatch && echo 0 >"$root/b/live" && rmdir "$root/b" && unload_mock && unload_all &&
		load_base
}
ok "everything is removed" all_gone
finish
