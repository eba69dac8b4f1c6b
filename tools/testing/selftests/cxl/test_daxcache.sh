#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A program that keeps objects in DAX devices which it finds by their tags: what a release
# means to it that waits for it, and one that does not.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./lib-dcdctl.sh

ONE=11111111-2222-3333-4444-555555555555
TWO=22222222-3333-4444-5555-666666666666

begin 12
need_program daxcache daxmem
need_dcdctl
load_base
need_no_mock
need_reserved
modprobe device_dax
load_mock dc_total_size="$reserved_size" dc_backing=reserved window_base="$reserved_at"
mem=$(mock_memdev)
region=$(create_region "$reserved_size") || region=

ok "a tag that no DAX device has" ends 2 "$ONE: no DAX device has this tag" daxcache "$ONE"
two()
{
	dcdctl add "$mem" --at 0 --at 16M --size 4M --tag "$ONE" --wait=60 >/tmp/out &&
		dcdctl add "$mem" --at 64M --size 8M --tag "$TWO" --wait=60 >/tmp/out &&
		wait_for 60 eval "dcdctl list $mem | jq -e '[.[0].extents[] | .mode] ==
			[\"devdax\", \"devdax\", \"devdax\"]'"
}
ok "two allocations, one of two extents" two

# says LINE...: the program's answer to a line
says()
{
	wait_for 60 eval "[ \$(grep -c . /tmp/said) -ge $(($(wc -l </tmp/seen) + $# + 1)) ]" || :
	tail -n +"$(($(wc -l </tmp/seen) + 1))" /tmp/said >/tmp/new
	cp /tmp/said /tmp/seen
	for line; do
		echo "$line"
	done >/tmp/wanted
	echo "done" >>/tmp/wanted
	diff /tmp/wanted /tmp/new
}
rm -f /tmp/lines /tmp/said
mkfifo /tmp/lines
started()
{
	daxcache "$ONE" "$TWO" </tmp/lines >/tmp/said 2>/tmp/error &
	cache=$!
	exec 7>/tmp/lines
	wait_for 60 grep -qx ready /tmp/said || { cat /tmp/error; return 1; }
	cp /tmp/said /tmp/seen
	echo check >&7
	says "$ONE: 128 good" "$TWO: 128 good"
}
ok "it finds both by their tags and keeps objects there" started
deferred()
{
	ends 3 "release requested while mapped" dcdctl release "$mem" --tag "$ONE" --wait=1 &&
		echo check >&7 && says "$ONE: 128 good" "$TWO: 128 good" && echo fill >&7 &&
		says && echo check >&7 && says "$ONE: 128 good" "$TWO: 128 good"
}
ok "a requested release is deferred while daxcache reads and writes" deferred
forced()
{
	dcdctl release "$mem" --tag "$TWO" --force --wait=60 && echo check >&7 &&
		says "$ONE: 128 good" "$TWO: lost"
}
ok "a forced release is SIGBUS in that device alone, and the other is as good as before" forced
again()
{
	dcdctl add "$mem" --at 64M --size 8M --tag "$TWO" --wait=60 >/tmp/out && echo check >&7 &&
		says "$ONE: 128 good" "$TWO: lost"
}
ok "a new allocation with the same tag is not the one it had mapped" again
ended()
{
	exec 7>&-
	wait "$cache" && wait_for 60 eval "dcdctl list $mem | jq -e '[.[0].extents[] | .tag] ==
		[\"$TWO\"]'"
}
ok "the deferred release is done when daxcache ends" ended
rm -f /tmp/lines

# A driver that gives DAX devices to file systems, of kernels that have it
fsdev=/sys/bus/dax/drivers/fsdev_dax
# give_away: sets dax, which fsdev_dax has then
give_away()
{
	dax=$(dcdctl list "$mem" | jq -er ".[0].extents[] | select(.tag == \"$TWO\") | .dax") &&
		echo "$dax" >/sys/bus/dax/drivers/device_dax/unbind && echo "$dax" >"$fsdev/new_id" &&
		equal "$(basename "$(realpath "/sys/bus/dax/devices/$dax/driver")")" fsdev_dax &&
		equal "$(dcdctl list "$mem" | jq -r '.[0].extents[0].mode')" fsdev_dax
}
given()
{
	give_away && wait_for 20 test -c "/dev/$dax" && fails daxmem "/dev/$dax" check 0 2M 1 &&
		[ -z "$(daxctl list | jq -r ".[]? | select(.chardev == \"$dax\" and .mode == \"system-ram\")")" ]
}
fsdev_asked()
{
	ends 3 "$dax: release requested while bound to an unknown driver" \
		dcdctl release "$mem" --tag "$TWO" --wait=1 && echo "$dax" >"$fsdev/unbind" &&
		wait_for 60 eval "dcdctl list $mem | jq -e '.[0].extents == []'"
}
given_again()
{
	dcdctl add "$mem" --at 64M --size 8M --tag "$TWO" --wait=60 >/tmp/out &&
		wait_for 60 eval "dcdctl list $mem | jq -e '.[0].extents[0].mode == \"devdax\"'"
}
# also while somebody has it open, whose descriptor is dead then
fsdev_forced()
{
	give_away && exec 8<>"/dev/$dax" || return 1
	dcdctl release "$mem" --tag "$TWO" --force --wait=60 &&
		dcdctl list "$mem" | jq -e '.[0].extents == []'
	status=$?
	exec 8>&-
	[ "$status" = 0 ] && given_again
}
if modprobe fsdev_dax 2>/dev/null; then
	ok "fsdev_dax is bound to a DAX device that nobody maps" given
	ok "a requested release is deferred until fsdev_dax is unbound" fsdev_asked
	ok "the next DAX device of that name is bound to device_dax again" given_again
	ok "a forced release unbinds fsdev_dax" fsdev_forced
	rmmod fsdev_dax
else
	for name in "fsdev_dax is bound to a DAX device that nobody maps" \
			"a requested release is deferred until fsdev_dax is unbound" \
			"the next DAX device of that name is bound to device_dax again" \
			"a forced release unbinds fsdev_dax"; do
		skip "$name" "this kernel has no fsdev_dax"
	done
fi
dcdctl release "$mem" --tag "$TWO" --wait=60
destroy_region "$region"
ok "all modules unload" unload_mock

finish
