# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What the tests of dcdctl share. Sourced after lib.sh.

need_dcdctl()
{
	command -v dcdctl >/dev/null || skip_all "dcdctl is missing: make dcdctl, at the top"
}

# ends STATUS TEXT COMMAND...: with that exit status, and, unless it is 0, with one
# line on standard error that has TEXT, a pattern; empty: any lines
ends()
{
	expected_status=$1
	expected_text=$2
	shift 2
	status=0
	"$@" >/tmp/ends.out 2>/tmp/ends.err || status=$?
	if [ "$status" != "$expected_status" ]; then
		echo "$*: ends with $status, should be $expected_status"
		cat /tmp/ends.err
		return 1
	fi
	[ -n "$expected_text" ] || return 0
	if [ "$(wc -l </tmp/ends.err)" != 1 ] ||
		! grep -q -e "$expected_text" /tmp/ends.err; then
		echo "$*: says, instead of one line with '$expected_text':"
		cat /tmp/ends.err
		return 1
	fi
}
