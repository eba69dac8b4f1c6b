#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# judge.sh: the last that a guest with the debug kernel runs. Removes what
# is there of ours and fails if that does not go, leaks memory, or if the kernel
# has reported anything since it booted or has stopped to watch. What the stock
# kernel itself leaks is in stock-leaks. With kmemleak=off only what our modules
# have allocated themselves is told, by the kernel's report at their end, from the
# profile of allocations.
set -eu
# shellcheck source=tools/testing/cxl/debug/lib.sh
. "$(dirname "$0")/lib.sh"

begin 5
ok "the modules unload" unload

nothing_left()
{
	! ls -d /sys/devices/platform/cxl_mock_dcd* /sys/kernel/debug/cxl_mock_dcd 2>/dev/null &&
		! grep "CXL Window (mock)" /proc/iomem
}
ok "nothing of them is left" nothing_left

# not_stock FILE: what kmemleak has found, but for what is in stock-leaks
not_stock()
{
	awk '
		function end_of_object()
		{
			if (stock)
				known++
			else
				printf "%s", object
			object = ""
			stock = 0
		}
		NR == FNR {
			if (/^[^#]/)
				names[$1]
			next
		}
		/^unreferenced object/ { end_of_object() }
		{
			object = object $0 "\n"
			for (name in names)
				if (index($1, name "+") == 1)
					stock = 1
		}
		END {
			end_of_object()
			print known + 0 >"/tmp/known"
		}' "${0%/*}/stock-leaks" "$1"
}

# A block is reported if it is 5 s old and two scans have found no pointer to it
# and its content unchanged. The allocator's caches keep pointers to blocks that
# it has handed out; shrinking drops them.
leaks()
{
	kmemleak=/sys/kernel/debug/kmemleak
	until_second=$(($(date +%s) + 6))
	for shrink in /sys/kernel/slab/*/shrink; do
		echo 1 >"$shrink" || return 1
	done
	while [ "$(date +%s)" -lt "$until_second" ]; do
		usleep 200000
	done
	for _ in 1 2 3; do
		echo scan >"$kmemleak" || return 1
	done
	not_stock "$kmemleak" >/tmp/leaks || return 1
	head -n 100 /tmp/leaks
	[ ! -s /tmp/leaks ]
}
if [ $tracked = 1 ]; then
	ok "nothing leaked" leaks
	echo "# $(cat /tmp/known) objects that the stock kernel leaks"
else
	ok "the kernel tells what a module leaves" equal "$(cat /proc/sys/vm/mem_profiling)" 1
fi

# For a lock, a report is the last: then it is off.
ok "lockdep still watches" grep -q "debug_locks: *1" /proc/lockdep_stats

# B: bad page or KASAN, L: soft lockup, W: warning, D: oops
untainted()
{
	taint=$(cat /proc/sys/kernel/tainted)
	[ $((taint & (1 << 5 | 1 << 14 | 1 << 9 | 1 << 7))) = 0 ] || {
		echo "tainted: $taint"
		return 1
	}
}
ok "the kernel is not tainted by a report" untainted
finish
