# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What the scripts share that run in the guest with the debug kernel. Sourced;
# the caller has set -eu.

cd /selftests || exit
# shellcheck source=tools/testing/selftests/cxl/lib.sh
. ./lib.sh

# A pattern: what a kernel that watches itself says of something wrong. What kmemleak
# finds judge.sh tells, as it tells ours from the stock kernel's.
reports='([^E]|^)BUG:|WARNING:|UBSAN:|ODEBUG:|KASAN:|Oops|Call Trace|general protection'
reports="$reports|INFO: (possible|task|trying|rcu)|suspicious RCU|corruption|refcount_t:"
reports="$reports|rcu.*stall|workqueue lockup|hung_task:"
reports="$reports|allocated at module unload"
reports="$reports|turning off the locking"
# whether kmemleak has to watch; it can take more than half of the time
tracked=0
if ! grep -qw kmemleak=off /proc/cmdline; then
	# shellcheck disable=SC2034 # for judge.sh
	tracked=1
	reports="$reports|kmemleak: .*(disabled|not initialized)"
fi

# What is there of our modules, users first.
ours="cxl_dcd_kunit cxl_planted_bug cxl_redirect_user cxl_redirect_target cxl_mock_dcd cxl_dcd cxl_redirect"

# Removes all that is there of ours.
unload()
{
	for device in /sys/kernel/config/cxl_mock_dcd/*/; do
		[ -d "$device" ] || continue
		echo 0 >"$device/live" || return 1
		for backend in "$device"/backends/*/; do
			[ ! -d "$backend" ] || rmdir "$backend" || return 1
		done
		rmdir "$device" || return 1
	done
	for module in $ours; do
		! loaded "$module" || rmmod "$module" || return 1
	done
}

# The reports in a log, with what is around them; fails if there is none.
find_reports()
{
	grep -E -B 5 -A 150 -m 3 "$reports"
}

# For finish: all that the kernel has reported since it booted.
no_complaints()
{
	if dmesg | find_reports; then
		return 1
	fi
	# where the log was cleared on the way
	[ ! -s /run/reports ] || { cat /run/reports; return 1; }
}
