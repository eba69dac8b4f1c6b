#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The acceptance rules of the host: for each an offer that breaks it, the reason
# that the trace gives, and the number of extents that the device is told are
# accepted. The offers are forged, since the device would refuse most of them.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./liar.sh
. ./host.sh

begin 56
load_base
need_no_mock
need_liar
watch
# two DC regions of 2G, of which the second is sharable
load_host_mock dc_total_size=4G num_dc_regions=2 sharable=2 dc_backing=phantom
for size in 512M 512M 1G 512M; do
	create_region $size >/dev/null
done
insert cxl_dcd_liar memdev="$mem"

# at least one command of a kind since the lie was set
was_sent()
{
	[ "$(sed -n "s/^$1 //p" "$liar/status")" -gt 0 ]
}

# told LIE EXTENT: and the host has read it
told()
{
	tell "$1" "$2"
	echo 1 >"$liar/kick"
	wait_for 10 was_sent clear
}

# judged VERDICT ACCEPTED LIE EXTENT...: a chain; the lie is about its last extent
judged()
{
	verdict=$1
	accepted=$2
	lie=$3
	shift 3
	forget
	while [ $# -gt 1 ]; do
		told more:1 "$1" || return 1
		shift
	done
	told "$lie" "$1" && wait_for 10 was_sent response &&
		equal "$(verdicts verdict | sort -u)" "$verdict" && count accepted "$accepted" &&
		count response 1
}

# released EXTENT: and the host has nothing of it any more
released()
{
	forget
	told release:1 "$1" && wait_for 10 seen release
}

ok "an extent is accepted" judged accepted 1 add "0:0x200000:$TAG"
dax=$(dax_of "$TAG")
was=$(ls -id "/sys/bus/dax/devices/$dax/")
again()
{
	judged held 1 add "0:0x200000:$TAG" && equal "$(ls -id "/sys/bus/dax/devices/$dax/")" "$was"
}
ok "held: it is accepted again, and nothing changes" again
ok "tag-in-use: another extent of its tag" judged tag-in-use 0 add "0x400000:0x200000:$TAG"
ok "tag-in-use: more than its extents" judged tag-in-use 0 add "0:0x200000:$TAG" \
	"0x400000:0x200000:$TAG"
ok "overlap: another tag" judged overlap 0 add "0:0x400000:$TAG2"
ok "overlap: no tag" judged overlap 0 add "0:0x200000:"
ok "an extent is released" released "0:0x200000:$TAG"
ok "a released tag can be used again" judged accepted 1 add "0x400000:0x200000:$TAG"
ok "released capacity can be offered again" judged accepted 1 add "0:0x200000:"
ok "the second extent is released" released "0:0x200000:"
ok "extents are released by their tags" released "0x400000:0x200000:$TAG"

ok "unaligned: the start" judged unaligned 0 unaligned:4096 "0:0x200000:"
ok "unaligned: the length" judged unaligned 0 add "0:0x201000:"
ok "unaligned: nothing at all" judged unaligned 0 zero "0:0x200000:"
ok "outside: past 64 bits" judged outside 0 wrap "0:0x200000:"
ok "outside: far away" judged outside 0 outside "0:0x200000:"
ok "outside: across DC regions" judged outside 0 add "0x7fe00000:0x400000:"
ok "two-dc-regions" judged two-dc-regions 0 add "0:0x200000:$TAG" "0x80000000:0x200000:$TAG"
ok "no-region" judged no-region 0 add "0xb0000000:0x200000:$TAG"
ok "two-regions: one each" judged two-regions 0 add "0:0x200000:$TAG" \
	"0x20000000:0x200000:$TAG"
ok "two-regions: one across" judged two-regions 0 add "0x1fe00000:0x400000:"
ok "two extents of a tag under one region are accepted" judged accepted 2 add \
	"0:0x200000:$TAG" "0x400000:0x200000:$TAG"
ok "self-overlap: one of them twice in place of both" judged self-overlap 0 add \
	"0:0x200000:$TAG" "0:0x200000:$TAG"
ok "a release of a part releases the group" released "0x400000:0x200000:$TAG"
beside()
{
	judged accepted 1 add "0x400000:0x200000:$TAG" && forget &&
		told release:1 "0x200000:0x600000:$TAG" && wait_for 10 count release 2 &&
		equal "$(verdicts release | tr '\n' ' ')" "unknown unknown released "
}
ok "capacity beside the group is released with it" beside
ok "self-overlap" judged self-overlap 0 overlap "0:0x400000:$TAG"

ok "not-sharable: a sequence number" judged not-sharable 0 sequence:1 "0:0x200000:$TAG"
ok "untagged: sharable without a tag" judged untagged 0 add "0x80000000:0x200000:"
ok "sequence: it does not begin at 0" judged sequence 0 sequence:1 "0x80000000:0x200000:$TAG"
ok "sequence: two alike" judged sequence 0 sequence:0 "0x80000000:0x200000:$TAG" \
	"0x80400000:0x200000:$TAG"
ok "sequence numbers in order are accepted" judged accepted 2 sequence:1 \
	"0x80000000:0x200000:$TAG" "0x80400000:0x200000:$TAG"
ok "the group is released" released "0x80000000:0x200000:$TAG"

# in_order DPA...: the response has them so
in_order()
{
	equal "$(sed -n 's/^answer //p' "$liar/status")" "$*"
}
several_tags()
{
	judged accepted 5 add "0x600000:0x200000:$TAG2" "0x400000:0x200000:" \
		"0xa00000:0x200000:$TAG" "0:0x200000:" "0x200000:0x200000:$TAG2" &&
		in_order 0x600000 0x400000 0xa00000 0x0 0x200000
}
ok "a response lists what is accepted in the order of its arrival" several_tags
several_go()
{
	released "0xa00000:0x200000:$TAG" && released "0x200000:0x200000:$TAG2" &&
		released "0:0x200000:" && released "0x400000:0x200000:"
}
ok "each of these extents is released" several_go
again_in_chain()
{
	forget
	told more:1 "0:0x200000:" && told add "0:0x200000:" && wait_for 10 was_sent response &&
		equal "$(verdicts verdict | tr '\n' ' ')" "$1 overlap " && in_order 0x0
}
ok "an extent that is twice in a chain is accepted once" again_in_chain accepted
ok "so is one that is in use already" again_in_chain held
ok "that extent is released" released "0:0x200000:"

# Two tags in a chain: one response, with the one that keeps the rules.
both()
{
	forget
	told more:1 "0x1000:0x200000:$TAG" && told add "0x400000:0x200000:$TAG2" &&
		wait_for 10 was_sent response &&
		equal "$(verdicts verdict | sort | tr '\n' ' ')" "accepted unaligned " &&
		count accepted 1 && count response 1
}
ok "each tag of a chain is judged by itself" both
ok "each tag of a chain is released by itself" released "0x400000:0x200000:$TAG2"

long()
{
	told "more:$1" "0:0x200000:$TAG" && judged "$2" "$3" add "0x10000000:0x200000:$TAG"
}
ok "chain-too-long: 101 extents" long 100 chain-too-long 0
ok "a chain of 100 extents is accepted" long 99 accepted 100
ok "they become one DAX device" \
	test "$(cat "/sys/bus/dax/devices/$(dax_of "$TAG")/size")" = 209715200
ok "the chain of 100 extents is released" released "0:0x200000:$TAG"

# A record that does not name what is there releases nothing.
# not_released VERDICT LIE EXTENT
not_released()
{
	forget
	told "$2" "$3" && wait_for 10 seen release && equal "$(verdicts release)" "$1" &&
		count release 0
}
tagged()
{
	judged accepted 2 add "0:0x200000:$TAG" "0x400000:0x200000:$TAG" &&
		judged accepted 1 add "0x800000:0x200000:"
}
ok "a group of two and an extent without a tag are accepted" tagged
ok "other-tag: another tag" not_released other-tag release:1 "0:0x200000:$TAG2"
ok "other-tag: none" not_released other-tag release:1 "0:0x200000:"
ok "other-tag: a tag for an untagged extent" \
	not_released other-tag release:1 "0x800000:0x200000:$TAG"
ok "other-tag: a tag of only a part of the extents named" \
	not_released other-tag release:1 "0:0xa00000:$TAG"

# a chain of records that the device ties together
chained()
{
	forget
	told release-more:1 "0:0x200000:$TAG" && equal "$(verdicts release)" "" &&
		told release:1 "0x400000:0x200000:$TAG" && wait_for 10 seen release 2 &&
		equal "$(verdicts release | xargs)" "released released" && count release 1 &&
		fails dax_of "$TAG"
}
ok "a chain that names all of a group releases it once" chained
# an offer in a chain of releases: what was to be released stays
broken_release()
{
	forget
	told release-more:1 "0x800000:0x200000:" && told add "0:0x200000:$TAG" &&
		wait_for 10 was_sent response && equal "$(verdicts release)" dropped &&
		equal "$(verdicts verdict)" accepted && count accepted 1 && count release 0
}
ok "dropped: an offer in a chain of releases" broken_release
# a release in a chain of offers: none of them is accepted, and it is released
broken_offer()
{
	forget
	told more:1 "0xc00000:0x200000:" && told release:1 "0x800000:0x200000:" &&
		wait_for 10 was_sent release && count response 1 && count accepted 0 &&
		equal "$(verdicts verdict)" chain-broken && equal "$(verdicts release)" released
}
ok "chain-broken: a release in a chain of offers" broken_offer
forced_in_offer()
{
	forget
	told more:1 "0xc00000:0x200000:" && told forced:1 "0:0x200000:$TAG" &&
		wait_for 10 fails dax_of "$TAG" && count response 1 && count accepted 0 &&
		equal "$(verdicts verdict)" chain-broken
}
ok "chain-broken: a forced release in a chain of offers" forced_in_offer
shared()
{
	judged accepted 2 sequence:1 "0x80000000:0x200000:$TAG" "0x80400000:0x200000:$TAG" &&
		not_released other-sequence release:1 "0x80400000:0x200000:$TAG" &&
		released "0x80000000:0x200000:$TAG"
}
ok "other-sequence: of sharable capacity" shared

# It is answered by itself, and what comes then does not belong to it.
late()
{
	forget
	began=$(date +%s)
	told more:1 "0:0x200000:$TAG" && wait_for 40 was_sent response &&
		[ $(($(date +%s) - began)) -ge 19 ] && count response 1 && count accepted 0 &&
		equal "$(verdicts verdict)" chain-too-late
}
ok "chain-too-late: 20 s" late
ok "the chain after a late one is judged by itself" judged accepted 1 add "0:0x200000:$TAG"
ok "its extents can be released" released "0:0x200000:$TAG"

rmmod cxl_dcd_liar
unload_mock
unwatch
finish
