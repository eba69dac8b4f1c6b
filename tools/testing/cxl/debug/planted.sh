#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# planted.sh BUG: makes one bug on purpose, and fails unless judge.sh finds it.
set -eu
debug=$(dirname "$0")
# shellcheck source=tools/testing/cxl/debug/lib.sh
. "$debug/lib.sh"

bug=$1
words=$(sed -n "s/^${bug}[[:space:]]*kmemleak=[a-z]*[[:space:]]*//p" "$debug/bugs")
[ -n "$words" ] || { echo "$bug is not in the table"; exit 1; }

caught()
{
	insert cxl_planted_bug bug="${bug%%-*}" || return 1
	if "$debug/judge.sh" >/tmp/verdict; then
		echo "judge.sh lets it pass"
		return 1
	fi
	grep -qF "$words" /tmp/verdict || {
		cat /tmp/verdict
		return 1
	}
}
echo "KTAP version 1"
echo "1..1"
if caught >/tmp/output; then
	echo "ok 1 $bug is found"
else
	echo "not ok 1 $bug is found"
	sed 's/^/# /' /tmp/output
	exit 1
fi
