#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Capacity that the device takes for accepted when a region is created over it:
# it comes back without a response. That it is left over is a device's doing
# that refuses to take it back, or that lists what it never gave.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./liar.sh
. ./host.sh

begin 23
load_base
need_no_mock
need_liar
exec 3>&1
watch
load_host_mock dc_total_size=4G num_dc_regions=2 dc_backing=phantom
region=$(create_region 1G)
insert cxl_dcd_liar memdev="$mem"

# leave_behind: the region goes, the device keeps what was in it
leave_behind()
{
	tell refuse-release && destroy_region "$region" && tell none
}

# the record of an offer that was answered before, and stayed in the log: none waits
listed_again()
{
	tell add "0x8000000:0x600000:" && forget && echo 1 >"$liar/kick" &&
		wait_for 10 seen verdict && equal "$(verdicts verdict)" listed &&
		count response 0 && tell none
}

# come_back: the region comes again
come_back()
{
	forget
	region=$(create_region 1G)
}

sizes()
{
	for dax in $(daxes); do
		cat "/sys/bus/dax/devices/$dax/size"
	done | sort -n | xargs
}

all="0x0 0x200000 accepted
0x8000000 0x600000 accepted
0x10000000 0x400000 accepted"
left()
{
	put dc_inject_extent "0x10000000:0x400000:$TAG:1" && inject "0x0:0x200000:$TAG:0" &&
		inject "0x8000000:0x600000::0" && equal "$(states)" "$all" && leave_behind &&
		equal "$(daxes)" "" && equal "$(states)" "$all"
}
ok "a device keeps accepted extents" left
ok "the region is created again" come_back
ok "all accepted extents are recovered, by tag" equal "$(sizes)" "$((0x600000)) $((0x600000))"
ok "a recovered DAX device has the tag as uuid" \
	test -e "/sys/bus/dax/devices/$(dax_of "$TAG")/extent${region#region}.2"
ok "each recovered group is judged once" equal "$(verdicts verdict)" "accepted
accepted"
silent()
{
	count response 0 && count release 0 && equal "$(states)" "$all"
}
ok "recovery sends the device no response" silent
ok "listed: an offer that the device lists as accepted is skipped" listed_again
taken_back()
{
	forget
	put dc_del_extent "0x10000000:0x400000:$TAG" && handled &&
		equal "$(verdicts release)" "released
released" && equal "$(states)" "0x8000000 0x600000 accepted"
}
ok "a recovered group can be released" taken_back
destroyed()
{
	destroy_region "$region" && equal "$(daxes)$(states)" ""
}
ok "the other groups are released with their region" destroyed
released_for_good()
{
	come_back && equal "$(daxes)" ""
}
ok "released extents are not recovered" released_for_good

# fail_alloc NUMBER: as the region gets its driver again, the allocation of that number
# fails, in whatever task it is made. Fails if there are not so many. failslab fails each
# whose number since the boot is a multiple of its interval: where it is counted, the
# next multiple of a sum is the sum.
bind=/sys/bus/cxl/drivers/cxl_region
counted_in=/run/failslab-has-counted
unbind_region()
{
	[ ! -e "$devices/$region/driver" ] ||
		{ tell refuse-release && echo "$region" >"$bind/unbind" && tell none; }
}
fail_alloc()
{
	unbind_region && echo $((counted + $1)) >"$failslab/interval" &&
		echo 1 >"$failslab/times" && echo 100 >"$failslab/probability" || return 1
	echo "$region" >"$bind/bind" || :
	times=$(cat "$failslab/times")
	echo 0 >"$failslab/probability" && equal "$times" 0 || return 1
	counted=$((counted + $1))
	echo "$counted" >"$counted_in"
}
# what was accepted is kept, whatever comes of it
fail_allocs()
{
	only_ours_fail || return 1
	counted=0
	[ ! -e "$counted_in" ] || read -r counted <"$counted_in"
	n=1
	while fail_alloc "$n"; do
		[ $((n % 10)) != 0 ] || equal "$(states)" "$all" || { echo "at $n"; return 1; }
		[ $((n % 100)) != 0 ] || echo "# $n allocations" >&3
		n=$((n + 1))
	done
	# the rest of what it had to count for the last
	fail_alloc "$n" && echo 1 >"$failslab/interval" && unbind_region &&
		echo "$region" >"$bind/bind" && equal "$(states)" "$all" && [ "$n" -gt 100 ] &&
		said "cannot register a DAX region for 0x" && said "out of memory or range in use"
}
left_again()
{
	left && come_back
}
ok "the device keeps an accepted extent again" left_again
if [ -e "$failslab" ]; then
	ok "recovered extents stay accepted, whatever allocation fails" fail_allocs
else
	skip "recovered extents stay accepted, whatever allocation fails" \
		"needs a kernel with CONFIG_FAILSLAB: make check-debug"
fi
all_gone()
{
	[ -e "$devices/$region/driver" ] || echo "$region" >"$bind/bind" || return 1
	destroy_region "$region" && equal "$(daxes)$(states)" "" && come_back
}
ok "they can be released" all_gone

# listed NUMBER EXTENT: a region comes while the device says that it has accepted
# so many extents, that one and those behind it, of one tag
listed()
{
	destroy_region "$region" && tell "list-huge:$1" "$2" && come_back
}

# becomes DAXES VERDICTS RELEASES NUMBER EXTENT
becomes()
{
	listed "$4" "$5" && equal "$(daxes | wc -l)" "$1" && equal "$(verdicts verdict)" "$2" &&
		count release "$3" && count response 0
}
ok "a hundred extents of a tag are one group" becomes 1 accepted 0 100 "0x0:0x200000:$TAG"
ok "a listed group that breaks a rule is released" becomes 0 unaligned 1 1 "0x1000:0x200000:"
ok "all listed extents of its tag are released" becomes 0 unaligned 1 3 "0x1000:0x200000:$TAG"
ok "a tag of more than a hundred extents is released" becomes 0 group-too-long 1 101 \
	"0x0:0x200000:$TAG"
# as many commands as it takes to name them, and one verdict: what it costs is linear
ok "so is a tag of 16,000 extents" becomes 0 group-too-long 95 16000 "0x0:0x1000:$TAG"
ok "listed extents outside of any DC region are ignored" \
	becomes 0 "" 0 1 "0x4000000000000:0x200000:"
ok "a listed extent that reaches past the region is left alone" becomes 0 two-regions 0 1 \
	"0x3fe00000:0x400000:"
ok "so is a tag group that reaches past the region" \
	becomes 0 no-region 0 2 "0x3fe00000:0x200000:$TAG"
ok "so is an extent outside the region" becomes 0 "" 0 1 "0x50000000:0x200000:"

gone()
{
	tell none && rmmod cxl_dcd_liar && destroy_region "$region" && unload_mock && unload_all &&
		load_base
}
unwatch
ok "everything is removed" gone
finish
