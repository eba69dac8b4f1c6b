#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2119 # functions that need no arguments, and lists
# Slow memory: an extent becomes memory of the kernel's in a NUMA node of its own, in a
# tier below the rest. Programs are bound to it and demoted to it, and it is released.
# Needs reserved memory, memmap= or mem=, that is all of a NUMA node.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./host.sh
. ./lib-dcdctl.sh

nodes=/sys/devices/system/node
tiers=/sys/devices/virtual/memory_tiering
demotion=/sys/kernel/mm/numa/demotion_enabled
cgroups=/tmp/cgroups.$$

begin 16
need_dcdctl
load_base
need_no_mock
need_reserved
[ "$(cat $nodes/possible)" != 0 ] ||
	skip_all "there is one NUMA node: the reserved memory must have one of its own"
command -v numactl >/dev/null ||
	skip_all "needs numactl (Debian: apt-get install numactl)"
need_kmem
watch
load_reserved_mock
region=$(create_region "$reserved_size")
block=$((0x$(cat /sys/devices/system/memory/block_size_bytes)))
size=$((4 * block))

give()
{
	forget
	dcdctl add "$mem" --at 0 --size "$size" --tag "$TAG" --wait=60 >/tmp/out &&
		dax=$(jq -er '.extents[0].dax' /tmp/out) && wait_for 5 test -c "/dev/$dax"
}
# shellcheck disable=SC2034 # for no_memory and others
node_of()
{
	node=$(daxctl list -d "$dax" | jq '.[0].target_node')
	[ "$node" -gt 0 ] && grep -qw "$node" "$nodes/possible"
}
no_memory()
{
	! memory_of
}
# memory_of: the node has as much as the extent
memory_of()
{
	[ "$(awk '/MemTotal/ { print $4 * 1024 }' "$nodes/node$node/meminfo")" = "$size" ]
}
ok "whole memory blocks are offered" give
ok "they belong to a NUMA node of their own" node_of
ok "which has no memory yet" no_memory

# Debian's policy puts the memory online by itself, in the zone of the kernel's own
# memory: daxctl wants to be told that this is meant.
was_policy=$(cat "$policy")
echo online >"$policy"
refused()
{
	! daxctl reconfigure-device --mode=system-ram "$dax" && equal "$(driver_of "$dax")" device_dax
}
ok "daxctl leaves memory alone that the kernel's policy would put online" refused
to_memory()
{
	daxctl reconfigure-device --mode=system-ram "$@" "$dax" && wait_for 10 memory_of
}
# What is movable can be taken away again; what went to the kernel's own zone may not.
echo online_movable >"$policy"
ok "by force it becomes memory" to_memory --force
ok "of its node alone" memory_of

# tier_of NODE
tier_of()
{
	grep -lw "$1" "$tiers"/memory_tier*/nodelist | sed 's/.*memory_tier\([0-9]*\).*/\1/'
}
slower()
{
	[ "$(tier_of "$node")" -gt "$(tier_of 0)" ]
}
ok "in a tier below that of the CPU's" slower

# pages PROCESS NODE: that the process has there
pages()
{
	awk -v key="N$2=" '
		{ for (i = 1; i <= NF; i++) if (index($i, key) == 1) sum += substr($i, length(key) + 1) }
		END { print sum + 0 }' "/proc/$1/numa_maps"
}
# hold_memory [COMMAND...]: a process with 64 MiB, in a cgroup of its own. dd fills its
# buffer, and writes it to a pipe that nobody empties.
hold_memory()
{
	[ -d "$cgroups/held" ] || { mkdir -p "$cgroups" && mount -t cgroup2 none "$cgroups" &&
		echo +memory >"$cgroups/cgroup.subtree_control" && mkdir "$cgroups/held"; } || return 1
	rm -f /tmp/unread
	mkfifo /tmp/unread
	exec 8<>/tmp/unread
	sh -c 'echo $$ >"$0/held/cgroup.procs" && exec "$@"' "$cgroups" \
		"$@" dd if=/dev/zero of=/tmp/unread bs=64M count=1 2>/dev/null 8>&- &
	holder=$!
	wait_for 10 holds
}
holds()
{
	[ $(($(pages "$holder" 0) + $(pages "$holder" "$node"))) -ge 16384 ]
}
let_go()
{
	kill "$holder"
	wait "$holder" 2>/dev/null || :
	exec 8>&-
}
bound()
{
	hold_memory numactl --membind="$node" && [ "$(pages "$holder" "$node")" -ge 16384 ]
}
ok "a program is bound to it" bound
ok "the program ends" let_go

fast()
{
	hold_memory && [ "$(pages "$holder" 0)" -ge 16384 ]
}
ok "a program that is not bound has no memory there" fast
# it may find less than is asked for
demote()
{
	echo 32M >"$cgroups/held/memory.reclaim" || :
	[ "$(pages "$holder" "$node")" -ge 4096 ]
}
not_demoted()
{
	! demote
}
ok "without demotion nothing moves there" not_demoted
was_demotion=$(cat "$demotion")
echo true >"$demotion"
ok "with demotion what is reclaimed moves there" demote
echo "$was_demotion" >"$demotion"
let_go

wanted()
{
	forget
	dcdctl release "$mem" --tag "$TAG" && handled &&
		equal "$(verdicts release)" deferred && memory_of &&
		equal "$(dcdctl list "$mem" | jq -c '.[0].extents[] | [.state, .dax, .mode]')" \
			"[\"releasing\",\"$dax\",\"system-ram\"]"
}
ok "a request to release it is deferred" wanted
released()
{
	offline_memory "$dax" &&
		wait_for 10 eval "dcdctl list $mem | jq -e '.[0].extents == []'"
}
ok "the extent is released when its memory is offline" released
ok "its node has no memory any more" no_memory

rmdir "$cgroups/held" && umount "$cgroups" && rmdir "$cgroups"
echo "$was_policy" >"$policy"
unloaded()
{
	destroy_region "$region" && unload_mock && unwatch
}
ok "everything is removed" unloaded

finish
