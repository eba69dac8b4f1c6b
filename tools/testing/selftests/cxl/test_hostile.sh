#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A device that lies, see Documentation/testing.rst: whatever it reports, the host sends
# a bounded number of commands and logs one line, accepts no extent that the device does
# not have, and keeps working.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./liar.sh

EXTENT=0x200000:0x200000:
TAG=11111111-2222-3333-4444-555555555555
# The host reads up to 4096 records at once from a log without end, each with up to four
# commands: read, response, extent list, clear. It tries again soon.
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
ok "the test module changes the responses of a device with a region" set_up

# settled: the device has been sent no command for a while
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

# spoken COMMANDS: the device has been sent more commands than that
spoken()
{
	sent=$(commands)
	[ "$sent" -gt "$1" ] || { echo "no command after the first $1"; return 1; }
}

# survives LINES COMMAND...: COMMAND makes the host send a bounded number of commands, and
# log LINES lines at the most, plus one for each time that it can have tried again since
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

# told: has the device notify the host, and waits until it has lied
told()
{
	kick && wait_for 20 has_lied
}

# forged LIE EXTENT [LINES]: the host accepts nothing of what the device does not have
forged()
{
	tell "$1" "$2" && survives "${3:-1}" told && count accepted 0 && tell none
}

answered()
{
	[ "$(sed -n 's/^response //p' "$liar/status")" -gt 0 ]
}

# ends: the last record of a chain, which may come too late. Either way the region can be
# destroyed
ends()
{
	tell add "$EXTENT" && survives 2 told && wait_for 20 answered && survives 1 again &&
		tell none
}

# doubtful LIE: whether or not the host believes it, the region can be destroyed
doubtful()
{
	tell "$1" "$EXTENT" && survives 1 kick && survives "$LINES_MAX" again && tell none
}

# honest LIE: the device offers an extent, and lies about what follows
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

# works: an honest offer is accepted, and released on request
works()
{
	tell none && put dc_inject_extent 0x10000000:0x200000::0 && wait_for 20 has_extent 0x10000000 &&
		put dc_del_extent 0x10000000:0x200000: && wait_for 20 no_extent 0x10000000 &&
		wait_for 20 log_empty
}

# log_empty: the host has cleared all records, so it is done with them
log_empty()
{
	! grep '^host ' "$debug/events"
}

# the host tries again from time to time, and logs that each time
for lie in more more:3; do
	ok "a chain without end ($lie) is bounded" forged $lie "$EXTENT" "$LINES_MAX"
	ok "a chain without end ($lie) can be ended later" ends
	ok "an honest add and release work afterwards" works
done

ok "a log without end is bounded" forged endless "$EXTENT" "$LINES_MAX"
ok "an honest add and release work afterwards" works

while read -r lie extent what; do
	ok "$what" forged "$lie" "$extent"
	ok "an honest add and release work afterwards" works
done <<EOF
wrap $EXTENT an extent that ends past 64 bits is rejected
zero $EXTENT an extent of length 0 is rejected
unaligned $EXTENT an unaligned extent is rejected
overlap 0x200000:0x400000:$TAG overlapping extents are rejected
outside $EXTENT an extent outside the DC regions is rejected
add 0x7fe00000:0x400000: an extent across two DC regions is rejected
add 0x60000000:0x200000: an extent that no region maps is rejected
sequence $EXTENT a sequence number for capacity that is not sharable is rejected
type $EXTENT a record of an unknown type is ignored
uuid $EXTENT a record with another UUID is ignored
size $EXTENT a record of half the length is ignored
release $EXTENT a release request for an unknown extent is handled
release:1000 $EXTENT a thousand release requests for unknown extents are handled
release 0x4000000000000:0x200000: a release request outside the DC regions is handled
forced $EXTENT a forced release of an unknown extent is handled
EOF

while read -r lie what; do
	ok "$what" doubtful "$lie"
	ok "an honest add and release work afterwards" works
done <<EOF
region an offer with the number of another DC region is handled
host an offer for another host is handled
handle two records with the same handle are handled
shift an offer that changes each time it is read is handled
EOF

# The host reads the extent list when a region is created.
while read -r lie what; do
	ok "$what" doubtful "$lie"
	ok "an honest add and release work afterwards" works
done <<EOF
list-total an extent list whose total changes is handled
list-generation an extent list that changes while it is read is handled
list-returned an extent count that exceeds the response is handled
list-short an extent list shorter than its header is handled
list-empty an extent list with a total and no extents is handled
list-huge an extent list of four billion extents is handled
list-garbage an extent list of invalid extents is handled
EOF

while read -r lie what; do
	ok "$what" honest "$lie"
	ok "an honest add and release work afterwards" works
done <<EOF
count a record count that exceeds the response is handled
short a response shorter than its header is handled
short:0 an empty response is handled
stuck records that stay after they are cleared are handled
refuse-clear records that cannot be cleared are handled
refuse-response a refused Add Capacity Response is handled
fail:1 a mailbox that fails the first command is handled
fail:2 a mailbox that fails the second command is handled
fail:3 a mailbox that fails the third command is handled
fail:4 a mailbox that fails the fourth command is handled
timeout a mailbox that times out for each command is handled
lost:1 a first command that is executed and reported as failed is handled
lost:2 a second command that is executed and reported as failed is handled
lost:3 a third command that is executed and reported as failed is handled
lost:4 a fourth command that is executed and reported as failed is handled
EOF

# A record that is read again is not handled again.
once()
{
	offer=$((offer + 0x200000))
	tell "$1" && survives 1 put dc_inject_extent "$(printf '%#x:0x200000::0' "$offer")" &&
		survives 1 kick && survives 1 kick && count response 1 && tell none
}
ok "records that stay after they are cleared are answered once" once stuck
ok "records that cannot be cleared are answered once" once refuse-clear
ok "an honest add and release work afterwards" works

# A device need not notify the host as long as its log is not empty.
tried_again()
{
	tell fail:1 && put dc_inject_extent 0x10000000:0x200000::0 && wait_for 20 count lied 1 &&
		wait_for 20 has_extent 0x10000000 && put dc_del_extent 0x10000000:0x200000: &&
		wait_for 20 no_extent 0x10000000 && tell none
}
ok "a log that could not be read is read again" tried_again

# Before the host reads the record of a release request, a part is released by force: the
# device refuses the release of what is gone.
requested_then_forced()
{
	tell fail:1 && put dc_del_extent 0x10000000:0x400000: &&
		put dc_force_del_extent 0x10000000:0x200000: && wait_for 20 none_accepted &&
		wait_for 20 log_empty && no_extent 0x10000000 && tell none
}
none_accepted()
{
	! grep '^0x10[02]' "$debug/extents"
}
offered()
{
	tell none && put dc_inject_extent 0x10000000:0x400000::0 && wait_for 20 has_extent 0x10000000
}
rest()
{
	offered && requested_then_forced
}
ok "the rest of a group is released after a forced release of a part" rest
# The release failed when the region was destroyed, so accepted extents are not in use.
rest_of_unknown()
{
	offered && tell timeout && destroy_region "$region" && requested_then_forced &&
		region=$(create_region 1G)
}
ok "the rest of extents that are not in use is released, too" rest_of_unknown
# the second command is Release Dynamic Capacity
timed_out()
{
	offered && tell timeout:2 && put dc_del_extent 0x10000000:0x400000: &&
		wait_for 20 log_empty && no_extent 0x10000000 && count release 1 &&
		count lied 1 && count list 0 && tell none &&
		put dc_del_extent 0x10000000:0x400000: && wait_for 20 none_accepted
}
ok "the extent list is not read after a release that times out" timed_out
ok "an honest add and release work afterwards" works

# slowly MILLISECONDS SECONDS COMMAND...: each mailbox command takes MILLISECONDS, and
# COMMAND is done within SECONDS
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
# during one command the status does not change, so the delay must be short
slow_log()
{
	tell endless "$EXTENT" && slowly 100 30 told && tell none
}
ok "a slow log without end is bounded" slow_log
ok "an honest add and release work afterwards" works
slow_list()
{
	tell list-crawl 0:0x200000: && slowly 50 60 survives 1 again && tell none
}
ok "a slow list of many extents is bounded" slow_list
ok "an honest add and release work afterwards" works

# Records of a slow device are handled for 10 s, then other devices have their turn.
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
# A region releases its extents in as few commands as possible: here in one.
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
ok "60 extents are released in time at a second for each command" slow_region
# The kernel takes longer than a device may; the device responds at once.
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
ok "25 extents are released at a second for each in the kernel" slow_by_itself
nothing_left()
{
	nr_wanted=0
	again && nr_extents
}
ok "no released extent is recovered" nothing_left

# A device reports a forced release of a part, and still lists all of it as accepted.
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
ok "a forced release of a part of 60 extents of a slow device is handled" slow_rest
# Commands are sent for 20 s. The next region recovers what was not released by then, and
# releases it.
rest_is_recovered()
{
	nr_wanted=0
	again && fails nr_extents && again && nr_extents && ! grep ^0x "$debug/extents"
}
ok "extents that were not released are recovered" rest_is_recovered

# The number of lines in the log does not depend on the number of faults.
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

# The device refuses a release: it still lists the extent as accepted, and requests its
# release again.
refuse_release()
{
	put dc_inject_extent 0x10000000:0x200000::0 && wait_for 20 has_extent 0x10000000 &&
		tell refuse-release && survives 1 put dc_del_extent 0x10000000:0x200000: &&
		tell none && no_extent 0x10000000 && put dc_del_extent 0x10000000:0x200000:
}
ok "a release that the device refuses is done when it is requested again" refuse_release
ok "an honest add and release work afterwards" works

# A tag belongs to one group.
tag_again()
{
	put dc_inject_extent "0x10000000:0x200000:$TAG:0" && wait_for 20 has_extent 0x10000000 &&
		forged add "$EXTENT$TAG" && has_extent 0x10000000
}
ok "an offer with the tag of an extent in use is rejected" tag_again
again_and_again()
{
	flood release:1000 "0x10000000:0x200000:$TAG" && no_extent 0x10000000
}
ok "a thousand release requests for an extent are handled" again_and_again
ok "an honest add and release work afterwards" works

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
