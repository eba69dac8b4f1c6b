#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# selftests.sh [TEST]...: runs every /selftests/test_*.sh in the guest, or only
# those that are named, and prints one KTAP document, in which each is a test with
# what it printed as its subtests. CXL_DCD_SLOW=4 gives each four times as long,
# for a slow kernel.
set -eu

# for tests that leave the kernel changed
export CXL_DCD_THROWAWAY=1

cd /selftests
# kselftest's own file and default
timeout=45
# shellcheck disable=SC1091 # not where shellcheck runs
[ ! -e settings ] || . ./settings
timeout=$((timeout * ${CXL_DCD_SLOW:-1}))

if [ $# = 0 ]; then
	set -- test_*.sh
	[ -e "$1" ] || set --
fi
echo "KTAP version 1"
echo "1..$#"

number=0
failures=0
for test; do
	number=$((number + 1))
	echo "# $test"
	began=$(cut -d . -f 1 /proc/uptime)
	# a pipeline has the status of its last command: this one's is in a file
	{
		status=0
		timeout -k 5 "$timeout" "./$test" 2>&1 || status=$?
		echo "$status" > /run/test-status
	} | while IFS= read -r line; do printf '  %s\n' "$line"; done
	read -r status < /run/test-status
	echo "# $test took $(($(cut -d . -f 1 /proc/uptime) - began)) s"
	case $status in
	0) echo "ok $number $test" ;;
	4) echo "ok $number $test # SKIP" ;;
	124 | 137 | 143) echo "not ok $number $test # no end within $timeout s" ;;
	*) echo "not ok $number $test # exit status $status" ;;
	esac
	[ "$status" = 0 ] || [ "$status" = 4 ] || failures=$((failures + 1))
done
[ "$failures" = 0 ]
