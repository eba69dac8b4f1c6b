#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2086,SC2015,SC2119,SC2120 # functions that need no arguments, and lists
# The fabric manager's character device: where it is, what its ioctls refuse, what
# a program reaches by linux/cxl_mem.h alone, poll, many at once, and files that are
# open when the device goes.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./lib-fm.sh

TAG=11111111-2222-3333-4444-555555555555

begin 35
need_program fmcmd fmhostile fm_extent
load_base_without_host
need_no_mock

load()
{
	load_mock dc_total_size=1G dc_backing=phantom serial=0x123456789abcdef0 "$@" || return 1
	mem=$(mock_memdev)
	dev=$(realpath "$devices/$mem/..")
	find_fm "$dev"
}

ok "a device loads" load
where()
{
	equal "$(basename "$(realpath "$dev/fm")")" "${fm##*/}" &&
		equal "$(realpath "$devices/$mem/fm")" "$(realpath "$dev/fm")" &&
		equal "$(realpath "/sys/class/cxl_fm/${fm##*/}")" "$(realpath "$dev/fm")"
}
ok "platform device and memdev have a link to the FM's device" where
ok "the FM's device is /dev/cxl/fmN" test -c "$fm"
ok "only root can open the FM's device" equal "$(stat -c %a:%u:%g "$fm")" 600:0:0
uevent()
{
	uevent=$(realpath "$dev/fm")/uevent
	grep -qx "DEVNAME=cxl/${fm##*/}" "$uevent" &&
		equal "$(sed -n 's/^M[AI][JN]OR=//p' "$uevent" | xargs printf '%x:%x ')" \
			"$(stat -c '%t:%T' "$fm") " || equal "$(sed -n 's/^MAJOR=//p' "$uevent")" \
			$((0x$(stat -c %t "$fm")))
}
ok "the uevent of the FM's device names it" uevent

debug=/sys/kernel/debug/cxl_mock_dcd/$(basename "$dev")
reads_only()
{
	[ -r "$debug/extents" ] && equal "$(find "$debug" -type f -perm /222)" ""
}
ok "no file in debugfs is writable" reads_only

ok "Identify (0001h): the serial number, 2^12 bytes, Type 3" fm_says 0001 "" \
	"00 $(bytes "$(zeroes 8)f0debc9a785634120c03")"
ok "Background Operation Status (0002h)" fm_says 0002 "" "00 $(bytes "$(zeroes 8)")"
ok "Get Response Message Limit (0003h)" fm_says 0003 "" "00 0c"
ok "Get DCD Info (5600h): one host, one region" eval \
	"fmcmd $fm 5600 | grep -q '^00 01 01 00 00 07 00 00 00 03 00 00 00 04 00'"
ok "an unknown command is Unsupported" fm_says 5609 "" 03
ok "a command of the host is Unsupported" fm_says 4800 0800 03
ok "a request too short is Invalid Payload Length" fm_says 5601 00000800ff 16
cel=0da9c0b5bf414b788f7996b1623b3f17
ok "Get Supported Logs (0400h): the CEL" eval "fmcmd $fm 0400 | grep -q \
	'^00 01 00 00 00 00 00 00 00 $(bytes $cel) '"
cel_lists()
{
	size=$((0x$(fmcmd "$fm" 0400 | awk '{ print $27 $26 }')))
	listed=$(fmcmd "$fm" 0401 "$cel$(le 4 0)$(le 4 $size)" |
		awk '{ for (i = 2; i < NF; i += 4) printf "%s%s ", $(i + 1), $i }')
	for opcode in $listed; do
		# a request that is too long, or none: what is there says so
		fmcmd "$fm" "$opcode" "$(zeroes 200)" | grep -q '^\(16\|02\|1e\)' || {
			echo "$opcode is not there"
			return 1
		}
	done
	for opcode in 0001 0002 0003 0004 0100 0101 0102 0103 0300 0301 0400 0401 5600 5601 \
		5602 5603 5604 5605 5606 5607 5608; do
		echo "$listed" | grep -q "$opcode " || { echo "$opcode is not listed"; return 1; }
	done
}
ok "the CEL lists the commands of the FM, and no others" cel_lists
limit()
{
	fm_says 0004 08 "00 08" && fm_says 0003 "" "00 08" &&
		fm_says 0401 "$cel$(le 4 0)$(le 4 257)" 02 && fm_says 0004 07 02 &&
		fm_says 0004 0d 02 && fm_says 0004 0c "00 0c"
}
ok "Set Response Message Limit (0004h)" limit
time_set()
{
	fm_says 0301 "$(le 8 1000000000000)" 00 && fmcmd "$fm" 0300 | grep -q '^00 .. .. .. .. '
}
ok "the timestamp (0300h, 0301h)" time_set
policy()
{
	fm_says 0103 0101010101 00 && fm_says 0102 "" "00 01 01 01 01 01" &&
		fm_says 0103 03000000 02
}
ok "the interrupt policy of the FM's logs (0102h, 0103h)" policy
other_logs()
{
	for log in 00 01 02 03 04; do
		fm_says 0100 $log "00 $(bytes "$(zeroes 32)")" || return 1
	done
	fm_says 0100 05 02
}
ok "its event logs are empty at first" other_logs
ok "poll reports nothing at first" equal "$(fmcmd "$fm" poll 0)" ""

# initiate OPCODE POLICY START LENGTH TAG: an addition or release of one extent
initiate()
{
	fm_says "$1" "0000$2$(zeroes 9)$(zeroes 16)01000000$(le 8 "$3")$(le 8 "$4")$(echo "$5" |
		tr -d -)$(zeroes 8)" 00
}
M=0x100000
ok "Initiate Dynamic Capacity Add (5604h)" initiate 5604 02 0 $((256 * M)) $TAG
pending()
{
	fm_says 5603 "$(zeroes 4)$(le 4 16)$(le 4 0)" "00 $(bytes "$(zeroes 24)")" &&
		fmcmd "$fm" 5608 "$(le 4 0)$(le 4 16)" | grep -q " $(bytes "$(echo $TAG |
			tr -d -)") 00 00 00 00 $(bytes "$(zeroes 32)") 01"
}
ok "the tag is pending (5603h, 5608h)" pending
ok "the device is removed while an offer is pending" unload_mock
ok "its link, class device and file are removed" eval \
	"[ ! -e /sys/class/cxl_fm/${fm##*/} ] && [ ! -e $fm ]"

# With a host that answers, the FM is told.
load_base
load
region=$(create_region 1G) || region=
told()
{
	fmcmd "$fm" poll 60 >/tmp/polled &
	poller=$!
	initiate 5604 02 0 $((256 * M)) $TAG && wait $poller && equal "$(cat /tmp/polled)" in &&
		fmcmd "$fm" 0100 04 | cut -d" " -f82 | grep -qx 04
}
ok "poll wakes when the host has accepted, and the record says so" told
released()
{
	fm_says 0101 0400010000000100 00 && equal "$(fmcmd "$fm" poll 0)" "" &&
		initiate 5605 01 0 $((256 * M)) $TAG && equal "$(fmcmd "$fm" poll 60)" in &&
		fmcmd "$fm" 0100 04 | cut -d" " -f82 | grep -qx 05
}
ok "poll wakes when the host has released" released
example()
{
	fm_says 0101 0400010000000200 00 && mkfifo /tmp/enter || return 1
	fm_extent "$fm" </tmp/enter >/tmp/example &
	example=$!
	exec 7>/tmp/enter
	equal "$(fmcmd "$fm" poll 60)" in && echo >&7
	exec 7>&-
	wait $example && grep -q "release: return code 0$" /tmp/example
}
ok "the example of the documentation adds and releases an extent" example
destroy_region "$region"
unload_mock

load
ok "the ioctls refuse what those of a memdev refuse" fmhostile "$fm" refusals
ok "the memdev itself refuses the same" eval "fmhostile /dev/cxl/$mem listed"
ok "random commands, sizes and pointers from eight threads" fmhostile "$fm" storm 2000
ok "the device still answers" eval "fmcmd $fm 0004 0c && fmcmd $fm 5600 | grep -q '^00 01 01'"
ok "an open file keeps the module" eval \
	"{ fails rmmod cxl_mock_dcd 2>/tmp/error && grep -q 'in use' /tmp/error; } 5<>$fm"
unload_mock

# A file that is open while its device goes: of configfs, which can go.
. ./lib-configfs.sh
insert cxl_mock_dcd
mkdir "$root/fm"
put 1G fm/dc_total_size && put phantom fm/dc_backing && put 1 fm/live
wait_for 20 mock_memdev
find_fm "$(realpath "$devices/$(mock_memdev)/..")"
gone()
{
	rm -f /tmp/commands /tmp/answers
	mkfifo /tmp/commands
	fmcmd "$fm" hold </tmp/commands >/tmp/answers &
	holder=$!
	exec 7>/tmp/commands
	wait_for 20 grep -q open /tmp/answers && echo 0003 >&7 &&
		wait_for 20 grep -qx "00 0c" /tmp/answers && put 0 fm/live && [ ! -e "$fm" ] &&
		echo 0003 >&7 && wait_for 20 grep -q "No such device or address" /tmp/answers &&
		echo poll >&7 && wait_for 20 grep -qx hup /tmp/answers
	status=$?
	exec 7>&-
	wait $holder
	rm /tmp/commands
	return $status
}
ok "a file that outlives its device: ENXIO, and poll hangs up" gone
wakes()
{
	put 1 fm/live && wait_for 20 mock_memdev &&
		find_fm "$(realpath "$devices/$(mock_memdev)/..")" || return 1
	fmcmd "$fm" poll 60 >/tmp/polled &
	poller=$!
	wait_for 20 eval "ls -l /proc/$poller/fd | grep -q $fm"
	put 0 fm/live && wait $poller && equal "$(cat /tmp/polled)" hup
}
ok "removal of the device wakes poll" wakes
rmdir "$root/fm"
ok "the module can be unloaded" rmmod cxl_mock_dcd

finish
