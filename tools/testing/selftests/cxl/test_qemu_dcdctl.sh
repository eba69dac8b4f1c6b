#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# dcdctl with QEMU's device: the commands of test_dcdctl.sh, by QMP. Needs the guest
# of test_interop.sh.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./qemu.sh
. ./lib-dcdctl.sh

TAG=11111111-2222-3333-4444-555555555555

begin 30
need_program sockport
need_dcdctl
! grep -q '^flags.* hypervisor' /proc/cpuinfo ||
	skip_all "the CPU says that there is a hypervisor: boot with -cpu max,-hypervisor"
need_qemu
load_base

qemu()
{
	dcdctl --qmp "$qmp_port" "$@"
}

mem=$(qemu_memdev)
if [ ! -e "$devices/$mem/dynamic_ram_1" ]; then
	pci=$(basename "$(realpath "$devices/$mem/..")")
	echo "$pci" >/sys/bus/pci/drivers/cxl_pci/unbind
	echo "$pci" >/sys/bus/pci/drivers/cxl_pci/bind
	wait_for 20 qemu_memdev
	mem=$(qemu_memdev)
fi
poll=/sys/module/cxl_dcd/parameters/poll_ms
was_poll=$(cat $poll)
echo 200 >$poll
modprobe device_dax

listed()
{
	qemu list >/tmp/out && equal "$(jq -c '.[] | [.memdev, .fm, (.dc_regions[] |
		.base, .size, .free, .block_size), .extents]' /tmp/out)" \
		"[\"$mem\",\"dcd\",0,536870912,536870912,2097152,536870912,536870912,536870912,2097152,[]]"
}
ok "list: two DC regions, all of them free" listed
ok "a device is found by QEMU's id and by its memdev" eval \
	"qemu list dcd | jq -e 'length == 1' && qemu list $mem | jq -e 'length == 1'"
ok "an offer that the host refuses: 1, with the host's reason" ends 1 \
	"the host has not accepted it: not mapped by a region" qemu add "$mem" --size 2M --wait=60
ok "a refused offer leaves the capacity free" eval "qemu list | jq -e '.[0].extents == []'"

decoder=$(cxl list -D -d root -m "$mem" | jq -er '[.. | .decoder? // empty][0]')
region=$(cxl create-region -m -t ram -d "$decoder" -s 512M "$mem" | jq -er .region) || region=
ok "a region over the first DC region" test -n "$region"
added()
{
	qemu add "$mem" --size 4M --wait=60 >/tmp/out &&
		equal "$(jq -c '.extents[] | [.dpa, .size, .state, .dc_region]' /tmp/out)" \
			'[0,4194304,"accepted",0]'
}
ok "add --wait: the host has accepted" added
used()
{
	wait_for 20 eval "qemu list | jq -e '.[0].extents[0].mode == \"devdax\"'" &&
		equal "$(qemu list | jq -r '.[0].extents[0] | .region, .dax' | xargs)" \
			"$region dax${region#region}.0"
}
ok "list shows its region, DAX device and mode" used
placed()
{
	qemu add "$mem" --at 16M --size 8M --wait=60 >/tmp/out &&
		jq -e '.extents == [.extents[0]] and .extents[0].dpa == 16777216' /tmp/out &&
		equal "$(qemu list | jq -c '[.[0].extents[] | .dpa, .size]')" \
			'[0,4194304,16777216,8388608]'
}
ok "add --at" placed
gaps()
{
	qemu add "$mem" --size 16M --wait=60 >/tmp/out &&
		equal "$(jq -c '[.extents[] | .dpa, .size]' /tmp/out)" \
			'[4194304,12582912,25165824,4194304]' &&
		qemu release "$mem" --at 4M --size 12M --wait=60 &&
		qemu release "$mem" --at 24M --size 4M --wait=60
}
ok "free capacity is allocated from the beginning" gaps
contiguous()
{
	qemu add "$mem" --size 16M --policy contiguous --wait=60 >/tmp/out &&
		equal "$(jq -c '[.extents[] | .dpa, .size]' /tmp/out)" '[25165824,16777216]' &&
		qemu release "$mem" --at 24M --size 16M --wait=60
}
ok "policy contiguous uses one piece" contiguous
ok "map draws the extents" eval "qemu map $mem | grep -q '^0 |#\.#\.*| 512M, 500M free'"
several()
{
	qemu add "$mem" --at 128M --at 64M --size 2M --wait=60 >/tmp/out &&
		equal "$(jq -c '[.extents[] | .dpa, .size, .state]' /tmp/out)" \
			'[134217728,2097152,"accepted",67108864,2097152,"accepted"]' &&
		qemu release "$mem" --at 64M --at 128M --size 2M --wait=60 &&
		qemu list | jq -e '[.[0].extents[] | .dpa] == [0, 16777216]'
}
ok "add and release of several extents at once" several
# dry COMMAND WORDS...: prints one line of QMP with that command, and does nothing
dry()
{
	command=$1
	shift
	qemu list >/tmp/before && qemu "$@" --dry-run >/tmp/dry && qemu list >/tmp/after &&
		cmp /tmp/before /tmp/after && equal "$(wc -l </tmp/dry)" 1 &&
		equal "$(jq -r .execute /tmp/dry)" "$command"
}
dry_add()
{
	dry cxl-add-dynamic-capacity add "$mem" --at 128M --size 2M --wait &&
		qmp "$qmp_port" "$(cat /tmp/dry)" && wait_for 60 eval "qemu list |
			jq -e '[.[0].extents[] | .dpa, .state] | contains([134217728])'"
}
ok "add --dry-run: a line of QMP that does it" dry_add
dry_release()
{
	wait_for 60 eval "qemu list | jq -e '[.[0].extents[] | .state] |
		unique == [\"accepted\"]'" &&
		dry cxl-release-dynamic-capacity release "$mem" --at 128M --size 2M &&
		qmp "$qmp_port" "$(cat /tmp/dry)" && wait_for 60 eval "qemu list |
			jq -e '[.[0].extents[] | .dpa] == [0, 16777216]'"
}
ok "release --dry-run" dry_release
ok "add of an accepted extent: QEMU's reason" ends 1 "already accessible" \
	qemu add "$mem" --at 0 --size 2M
ok "add of more than is free: refused" \
	ends 1 "600M are not free in DC region 0, of which 500M are" \
	qemu add "$mem" --size 600M
ok "a size that is no multiple of the block size: usage" \
	ends 2 "--size 1M: must be a multiple of DC region 0's block size 2M" \
	qemu add "$mem" --size 1M
# watched SOCKET NAME: monitor sees what another dcdctl does meanwhile
watched()
{
	dcdctl --qmp "$1" monitor -j "$2" >/tmp/monitored 2>/tmp/error &
	monitor=$!
	wait_for 60 eval "ls -d /sys/kernel/tracing/instances/dcdctl-$monitor" &&
		dcdctl --qmp "$1" add "$2" --at 64M --size 2M --wait=60 &&
		wait_for 60 eval "grep '\"fm\"' /tmp/monitored | grep accepted" &&
		dcdctl --qmp "$1" release "$2" --at 64M --size 2M --wait=60 &&
		wait_for 60 eval "grep '\"fm\"' /tmp/monitored | grep released" &&
		wait_for 60 eval "grep '\"host\"' /tmp/monitored | grep accepted"
	status=$?
	[ "$status" = 0 ] || cat /tmp/error /tmp/monitored
	kill -TERM "$monitor" && wait "$monitor" && [ "$status" = 0 ]
}
ok "monitor shows added and released extents, and the host's decisions" watched "$qmp_port" "$mem"
ok "release --wait: the host has released" qemu release "$mem" --at 16M --size 8M --wait=60
ok "the released capacity is free" eval "qemu list | jq -e '.[0].extents | length == 1'"
ok "release of free capacity: QEMU's reason" ends 1 "non-existing DPA range" \
	qemu release "$mem" --at 16M --size 8M
ok "release by tag: refused" ends 1 "QEMU cannot release by tag: use --at and --size" \
	qemu release "$mem" --tag $TAG
ok "config, ref, raw: refused" eval "ends 1 'QEMU has no QMP command for that' qemu config $mem \
	--region 0 --block-size 4M && ends 1 'no QMP command' qemu ref add $mem --tag $TAG &&
	ends 1 'no QMP command' qemu raw $mem 5600 </dev/null"

# By a Unix socket, as from outside: there are no memdevs then.
sockport "$qmp_port" /tmp/qmp.sock &
relay=$!
wait_for 20 test -S /tmp/qmp.sock
ok "by a Unix socket: the same device, by QEMU's id" eval \
	"dcdctl --qmp /tmp/qmp.sock list dcd | jq -e '.[0] | (has(\"memdev\") | not) and
		(.extents | length == 1)'"
by_socket()
{
	dcdctl add dcd --qmp=/tmp/qmp.sock --at 8M --size 2M --wait=60 >/tmp/out &&
		jq -e '.extents[0].state == "accepted"' /tmp/out &&
		dcdctl release dcd --qmp /tmp/qmp.sock --at 8M --size 2M --wait=60
}
ok "add and release by a Unix socket" by_socket
ok "monitor by a Unix socket" watched /tmp/qmp.sock dcd
kill $relay
wait $relay 2>/dev/null || :
ok "a path that is no socket: refused" \
	ends 1 "must be a QMP socket of QEMU" dcdctl --qmp /tmp/none list
ok "a socket without a listener: refused" \
	ends 1 "must be a QMP socket of QEMU" dcdctl --qmp /tmp/qmp.sock list

ok "the last extent is released" qemu release "$mem" --at 0 --size 4M --wait=60
echo "$was_poll" >$poll
cleaned()
{
	destroy_region "$region" && modprobe -r cxl_pci cxl_acpi && rmmod cxl_dcd && load_base
}
ok "all modules unload" cleaned

finish
