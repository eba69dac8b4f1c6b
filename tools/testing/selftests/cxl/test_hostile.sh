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
# far more than honest work needs, and few enough for a moment
COMMANDS_MAX=600

begin 90
load_base
need_no_mock
need_liar

set_up()
{
	load_mock dc_total_size=4G num_dc_regions=2 dc_backing=phantom &&
		region=$(create_region 1G) && dev=$(realpath "$devices/$(mock_memdev)/..") &&
		insert cxl_dcd_liar memdev="$(mock_memdev)"
}
ok "a device with a region becomes a liar" set_up

# whether this cxl_dcd answers offers
answers()
{
	[ -e /sys/module/cxl_dcd/parameters/poll_ms ]
}

# answering NAME COMMAND...: a test of a cxl_dcd that does
answering()
{
	if answers; then
		ok "$@"
	else
		skip "$1" "this cxl_dcd answers no offer"
	fi
}

# Nothing was sent to the device for a while.
settled()
{
	before=$(cat "$liar/status")
	usleep 200000 2>/dev/null || sleep 0.2
	equal "$(cat "$liar/status")" "$before" && count busy 0
}

commands()
{
	awk '/^(get|clear|list|response|release) / { sum += $2 } END { print sum }' "$liar/status"
}

lines()
{
	log | awk 'END { print NR }'
}

# survives COMMAND...: the host is done with what this causes within bounds
survives()
{
	was=$(lines)
	"$@" || return 1
	wait_for 40 settled || { echo "does not end"; cat "$liar/status"; return 1; }
	sent=$(commands)
	[ "$sent" -le "$COMMANDS_MAX" ] || { echo "$sent commands"; return 1; }
	[ $(($(lines) - was)) -le 1 ] || { log | tail -n +$((was + 1)); return 1; }
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

# forged LIE EXTENT: nothing is taken of what the device never had
forged()
{
	tell "$1" "$2" && survives kick && count accepted 0 || return 1
	! answers || [ "$(sed -n 's/^lied //p' "$liar/status")" -gt 0 ] || {
		echo "the host did not look"
		return 1
	}
	tell none
}

# doubtful LIE: whether or not it is believed, the region can go
doubtful()
{
	tell "$1" "$EXTENT" && survives kick && survives again && tell none
}

# honest LIE: the device makes an offer while it lies about what comes of it
offer=0x20000000
honest()
{
	offer=$((offer + 0x200000))
	tell "$1" "$EXTENT" &&
		survives put dc_inject_extent "$(printf '%#x:0x200000::0' "$offer")" && tell none &&
		kick && wait_for 40 settled
}

put()
{
	echo "$2" >"$dev/$1"
}

has_extents()
{
	equal "$(find "$devices/$region/" -maxdepth 3 -name 'extent*' | wc -l)" "$1"
}

# works: an honest offer is taken, and given back
works()
{
	again && put dc_inject_extent 0x10000000:0x200000::0 && wait_for 10 has_extents 1 &&
		put dc_del_extent 0x10000000:0x200000: && wait_for 10 has_extents 0
}

while read -r lie extent what; do
	ok "$what" forged "$lie" "$extent"
	answering "after that it works" works
done <<EOF
more $EXTENT a chain without end
more:3 $EXTENT a chain whose end does not come
endless $EXTENT a log without end
wrap $EXTENT an extent past 64 bits
zero $EXTENT an extent of no length
unaligned $EXTENT an extent that is not aligned
overlap $EXTENT two extents that overlap
outside $EXTENT an extent outside all DC regions
add 0x7fe00000:0x400000: an extent across two DC regions
add 0x60000000:0x200000: an extent where no region is
sequence $EXTENT a sequence number for capacity that is not shared
type $EXTENT a record of a type that is not
uuid $EXTENT a record of something else
size $EXTENT a record of half the size
release $EXTENT the release of what nobody has
release:1000 $EXTENT a thousand of them
forced $EXTENT a forced release of what nobody has
EOF

while read -r lie what; do
	ok "$what" doubtful "$lie"
	answering "after that it works" works
done <<EOF
region an offer with the number of another DC region
host an offer for another host
handle two records with one handle
shift an offer of another extent at each look
EOF

# The list of extents is read when a region comes.
while read -r lie what; do
	ok "$what" doubtful "$lie"
	answering "after that it works" works
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
	answering "$what" honest "$lie"
	answering "after that it works" works
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
timeout at each
lost:1 the device did what it did not say
lost:2 at the second command
lost:3 at the third
EOF

# A release that the device refuses: it still has the extent given away, and
# asks for it again.
refuse_release()
{
	put dc_inject_extent 0x10000000:0x200000::0 && wait_for 10 has_extents 1 &&
		tell refuse-release && survives put dc_del_extent 0x10000000:0x200000: &&
		tell none && put dc_del_extent 0x10000000:0x200000: && wait_for 10 has_extents 0
}
answering "a release that is refused" refuse_release
answering "after that it works" works

# Tags are for one group each.
tag=11111111-2222-3333-4444-555555555555
tag_again()
{
	put dc_inject_extent "0x10000000:0x200000:$tag:0" && wait_for 10 has_extents 1 &&
		forged add "$EXTENT$tag" && has_extents 1
}
answering "an offer with the tag of what is there" tag_again
flood()
{
	tell release:1000 "0x10000000:0x200000:$tag" && survives kick && has_extents 0
}
answering "a thousand releases of what is there" flood
answering "after that it works" works

gone()
{
	rmmod cxl_dcd_liar && destroy_region "$region" && unload_mock
}
ok "the liar unloads, and the region and the device go" gone
unloaded()
{
	unload_all && load_base
}
ok "nothing holds on to the modules" unloaded

finish
