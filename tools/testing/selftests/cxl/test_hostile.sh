#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A device that lies, see Documentation/testing.rst: whatever it says, the host
# comes to an end with it after a bounded number of commands and one line in the
# log, takes no extent that is not there, and works on.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./liar.sh

EXTENT=0x200000:0x200000:
TAG=11111111-2222-3333-4444-555555555555
# what the host reads at once from a log without end is 4096 records: it may take
# four commands to read, to answer, to look for what is lost and to clear one, and it
# tries again soon
COMMANDS_MAX=33000
# in 10 s, see Documentation/dcd.rst
LINES_MAX=5
RETRY_SECONDS=2

begin 118
load_base
need_no_mock
need_liar

set_up()
{
	load_mock dc_total_size=4G num_dc_regions=2 dc_backing=phantom &&
		region=$(create_region 1G) && dev=$(realpath "$devices/$(mock_memdev)/..") &&
		debug=/sys/kernel/debug/cxl_mock_dcd/${dev##*/} &&
		insert cxl_dcd_liar memdev="$(mock_memdev)"
}
ok "the test module changes the answers of a device with a region" set_up

# Nothing was sent to the device for a while.
settled()
{
	before=$(cat "$liar/status")
	usleep 200000 2>/dev/null || sleep 0.2
	after=$(cat "$liar/status")
	equal "$after" "$before" && equal "${after##*busy }" 0
}

commands()
{
	awk '/^(get|clear|list|response|release) / { sum += $2 } END { print sum }' "$liar/status"
}

# more commands than that
spoken()
{
	sent=$(commands)
	[ "$sent" -gt "$1" ] || { echo "no command after the first $1"; return 1; }
}

# survives LINES COMMAND...: the host is done with what this causes within
# bounds, and writes so many lines into the log, and one more each time that it has
# tried again meanwhile, which on a slow kernel it has, and at once where that was due
survived=0
survives()
{
	survived=$((survived + 1))
	mark="$marker $survived."
	echo "$mark" >/dev/kmsg
	lines=$1
	quiet=$(commands)
	uptime_now
	since=$now
	shift
	"$@" || return 1
	wait_for 20 spoken "$quiet" || return 1
	wait_for 40 settled || return 1
	sent=$(commands)
	[ "$sent" -le "$COMMANDS_MAX" ] || { echo "$sent commands"; return 1; }
	uptime_now
	lines=$((lines + (now - since) / RETRY_SECONDS + 1))
	dmesg | awk -v mark="$mark" -v most="$lines" '
		# of what was before
		/similar messages suppressed/ { next }
		found { print; lines++ }
		index($0, mark) { found = 1 }
		END { exit !found || lines > most }'
}

kick()
{
	echo 1 >"$liar/kick"
}

# again: destroys the region and makes it again
again()
{
	destroy_region "$region" && region=$(create_region 1G)
}

has_lied()
{
	[ "$(sed -n 's/^lied //p' "$liar/status")" -gt 0 ] || { cat "$liar/status"; return 1; }
}

# told: the lie, by a kick
told()
{
	kick && wait_for 20 has_lied
}

# forged LIE EXTENT [LINES]: nothing is taken of what the device never had
forged()
{
	tell "$1" "$2" && survives "${3:-1}" told && count accepted 0 && tell none
}

answered()
{
	[ "$(sed -n 's/^response //p' "$liar/status")" -gt 0 ]
}

# ends: the end of a chain, if that is not too late by then. Whatever comes of it, the
# region can go
ends()
{
	tell add "$EXTENT" && survives 2 told && wait_for 20 answered && survives 1 again &&
		tell none
}

# doubtful LIE: whether or not it is believed, the region can go
doubtful()
{
	tell "$1" "$EXTENT" && survives 1 kick && survives "$LINES_MAX" again && tell none
}

# honest LIE: the device makes an offer while it lies about what comes of it
offer=0x20000000
honest()
{
	offer=$((offer + 0x200000))
	tell "$1" "$EXTENT" &&
		survives 2 put dc_inject_extent "$(printf '%#x:0x200000::0' "$offer")" && tell none
}

put()
{
	echo "$2" >"$dev/$1"
}

# has_extent DPA: of a region that begins at 0
has_extent()
{
	grep -qsx "$1" "$devices/dax_region${region#region}"/extent*/offset
}

no_extent()
{
	! has_extent "$1"
}

# works: an honest offer is taken, and given back
works()
{
	tell none && put dc_inject_extent 0x10000000:0x200000::0 && wait_for 20 has_extent 0x10000000 &&
		put dc_del_extent 0x10000000:0x200000: && wait_for 20 no_extent 0x10000000 &&
		wait_for 20 log_empty
}

# what the host was told of is cleared, or else it still speaks
log_empty()
{
	! grep '^host ' "$debug/events"
}

# the host reads on from time to time, and says so each time
for lie in more more:3; do
	ok "a chain without end ($lie)" forged $lie "$EXTENT" "$LINES_MAX"
	ok "a chain without end can still be ended" ends
	ok "after that it works" works
done

ok "a log without end" forged endless "$EXTENT" "$LINES_MAX"
ok "after that it works" works

while read -r lie extent what; do
	ok "$what" forged "$lie" "$extent"
	ok "after that it works" works
done <<EOF
wrap $EXTENT an extent past 64 bits
zero $EXTENT an extent of no length
unaligned $EXTENT an extent that is not aligned
overlap 0x200000:0x400000:$TAG two extents that overlap
outside $EXTENT an extent outside all DC regions
add 0x7fe00000:0x400000: an extent across two DC regions
add 0x60000000:0x200000: an extent where no region is
sequence $EXTENT a sequence number for capacity that is not shared
type $EXTENT a record of a type that is not
uuid $EXTENT a record of something else
size $EXTENT a record of half the size
release $EXTENT the release of what nobody has
release:1000 $EXTENT a thousand of them
release 0x4000000000000:0x200000: the release of what cannot be
forced $EXTENT a forced release of what nobody has
EOF

while read -r lie what; do
	ok "$what" doubtful "$lie"
	ok "after that it works" works
done <<EOF
region an offer with the number of another DC region
host an offer for another host
handle two records with one handle
shift an offer of another extent at each look
EOF

# The list of extents is read when a region comes.
while read -r lie what; do
	ok "$what" doubtful "$lie"
	ok "after that it works" works
done <<EOF
list-total a list whose length changes
list-generation a list that changes
list-returned more extents than bytes
list-short a list without a header
list-empty a list that promises extents and gives none
list-huge a list of four billion extents
list-garbage a list of what makes no sense
EOF

while read -r lie what; do
	ok "$what" honest "$lie"
	ok "after that it works" works
done <<EOF
count more records than bytes
short a response without a header
short:0 an empty response
stuck records that stay
refuse-clear records that cannot be cleared
refuse-response a response that is refused
fail:1 a mailbox that fails at once
fail:2 at the second command
fail:3 at the third
fail:4 at the fourth
timeout at each
lost:1 the device did what it did not say
lost:2 at the second command
lost:3 at the third
lost:4 at the fourth
EOF

# What has been done once is not done again, however often it is read.
once()
{
	offer=$((offer + 0x200000))
	tell "$1" && survives 1 put dc_inject_extent "$(printf '%#x:0x200000::0' "$offer")" &&
		survives 1 kick && survives 1 kick && count response 1 && tell none
}
ok "records that stay are answered once" once stuck
ok "so are those that cannot be cleared" once refuse-clear
ok "after that it works" works

# A device need not notify as long as its log is not empty.
tried_again()
{
	tell fail:1 && put dc_inject_extent 0x10000000:0x200000::0 && wait_for 20 count lied 1 &&
		wait_for 20 has_extent 0x10000000 && put dc_del_extent 0x10000000:0x200000: &&
		wait_for 20 no_extent 0x10000000 && tell none
}
ok "a log that could not be read is read again" tried_again

# A release request, and a forced release of a part before the host has looked: the host
# reads the first record, and the device refuses the release of what is gone.
wanted_then_taken()
{
	tell fail:1 && put dc_del_extent 0x10000000:0x400000: &&
		put dc_force_del_extent 0x10000000:0x200000: && wait_for 20 none_given &&
		wait_for 20 log_empty && no_extent 0x10000000 && tell none
}
none_given()
{
	! grep '^0x10[02]' "$debug/extents"
}
offered()
{
	tell none && put dc_inject_extent 0x10000000:0x400000::0 && wait_for 20 has_extent 0x10000000
}
rest()
{
	offered && wanted_then_taken
}
ok "the rest of a group is released after a forced release of a part" rest
# The host was not heard when the region went, so nobody holds what was accepted.
rest_of_unknown()
{
	offered && tell timeout && destroy_region "$region" && wanted_then_taken &&
		region=$(create_region 1G)
}
ok "so is the rest of capacity that is not in use" rest_of_unknown
# the second command is the release
timed_out()
{
	offered && tell timeout:2 && put dc_del_extent 0x10000000:0x400000: &&
		wait_for 20 log_empty && no_extent 0x10000000 && count release 1 &&
		count lied 1 && count list 0 && tell none &&
		put dc_del_extent 0x10000000:0x400000: && wait_for 20 none_given
}
ok "a device that does not answer a release is not asked for its list" timed_out
ok "after that it works" works

# slowly MILLISECONDS SECONDS COMMAND...: each command takes so long, all of it less than that
slowly()
{
	echo "$1" >"$liar/delay"
	seconds=$2
	shift 2
	began=$(date +%s)
	"$@" || return 1
	wait_for 40 settled || return 1
	took=$(($(date +%s) - began))
	echo 0 >"$liar/delay"
	[ "$took" -lt "$seconds" ] || { echo "$took s"; return 1; }
}
# as long as one command takes nobody sees that the host still works
slow_log()
{
	tell endless "$EXTENT" && slowly 100 30 told && tell none
}
ok "a slow log without end" slow_log
ok "after that it works" works
slow_list()
{
	tell list-crawl 0:0x200000: && slowly 50 60 survives 1 again && tell none
}
ok "a slow list of many extents" slow_list
ok "after that it works" works

# What a slow device says is heard for 10 s, then others have their turn.
cleared()
{
	[ "$(sed -n 's/^clear //p' "$liar/status")" -gt 0 ]
}
slow_records()
{
	tell release:31 "$EXTENT" && echo 1000 >"$liar/delay" && kick && wait_for 20 cleared
	heard=$?
	tell none && echo 0 >"$liar/delay" && wait_for 40 settled
	return "$heard"
}
ok "31 records that take a second each are handled in turn" slow_records
# What a region gives back is told in as few commands as there can be: here in one.
nr_extents()
{
	set -- "$devices/dax_region${region#region}"/extent*
	[ -e "$1" ] || shift
	equal $# "$nr_wanted"
}
slow_region()
{
	for offer in $(seq 0 59); do
		put dc_inject_extent "$((offer * 0x200000)):0x200000::0" || return 1
	done
	nr_wanted=60
	wait_for 60 nr_extents && slowly 1000 50 destroy_region "$region" &&
		fails grep ^0x "$debug/extents" && region=$(create_region 1G)
}
ok "60 extents are released, a second for each command" slow_region
# The kernel takes longer than the device may, which answers at once.
slow_by_itself()
{
	for offer in $(seq 0 24); do
		put dc_inject_extent "$((offer * 0x200000)):0x200000::0" || return 1
	done
	nr_wanted=25
	wait_for 60 nr_extents && wait_for 20 settled && insert cxl_dax_slow delay_ms=1000 ||
		return 1
	began=$(date +%s)
	destroy_region "$region"
	destroyed=$?
	took=$(($(date +%s) - began))
	rmmod cxl_dax_slow && [ "$destroyed" = 0 ] && [ "$took" -ge 25 ] &&
		fails grep ^0x "$debug/extents" && region=$(create_region 1G)
}
ok "25 extents are released, a second for each in the kernel" slow_by_itself
nothing_left()
{
	nr_wanted=0
	again && nr_extents
}
ok "no released extent is recovered" nothing_left

# A device that has taken a part by force, and says that the host has all of it still.
slow_rest()
{
	for offer in $(seq 0 59); do
		put dc_inject_extent "$((offer * 0x400000)):0x200000:$TAG:$((offer < 59))" || return 1
	done
	nr_wanted=60
	wait_for 60 nr_extents && wait_for 20 log_empty && tell forced "0x0:0x200000:$TAG" ||
		return 1
	echo 1000 >"$liar/delay" && kick && wait_for 40 cleared
	heard=$?
	tell none && echo 0 >"$liar/delay" && wait_for 40 settled
	return "$heard"
}
ok "a forced release of a part of 60 extents of a slow device" slow_rest
# Commands take 20 s, and what it was not told then the next region gets back, and releases.
rest_comes_back()
{
	nr_wanted=0
	again && fails nr_extents && again && nr_extents && ! grep ^0x "$debug/extents"
}
ok "extents that were not released are recovered" rest_comes_back

# However much is wrong, there are not more lines than that.
flood()
{
	tell "$1" "$2" && survives "$LINES_MAX" kick && tell none
}
ok "a thousand invalid releases do not flood the log" flood release:1000 0x4000000000000:0x200000:
left_out()
{
	log | grep -q "[0-9] similar messages suppressed"
}
ok "the number of suppressed messages is logged later" wait_for 20 left_out

# A release that the device refuses: it still has the extent given away, and
# asks for it again.
refuse_release()
{
	put dc_inject_extent 0x10000000:0x200000::0 && wait_for 20 has_extent 0x10000000 &&
		tell refuse-release && survives 1 put dc_del_extent 0x10000000:0x200000: &&
		tell none && no_extent 0x10000000 && put dc_del_extent 0x10000000:0x200000:
}
ok "a release that the device refuses" refuse_release
ok "after that it works" works

# Tags are for one group each.
tag_again()
{
	put dc_inject_extent "0x10000000:0x200000:$TAG:0" && wait_for 20 has_extent 0x10000000 &&
		forged add "$EXTENT$TAG" && has_extent 0x10000000
}
ok "an offer with the tag of an extent in use" tag_again
again_and_again()
{
	flood release:1000 "0x10000000:0x200000:$TAG" && no_extent 0x10000000
}
ok "a thousand releases of an extent in use" again_and_again
ok "after that it works" works

gone()
{
	rmmod cxl_dcd_liar && destroy_region "$region" && unload_mock
}
ok "the test module, the region and the device are removed" gone
unloaded()
{
	unload_all && load_base
}
ok "the modules can be unloaded" unloaded

finish
