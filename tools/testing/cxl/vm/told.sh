#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# told.sh SERIES: runs what make run shows, on that kernel, and looks whether the README's
# transcript is of it. Prints KTAP. The modules have been built.
set -eu -o pipefail
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

out=$BUILD/log/run-$(release_of "$1").out
failed=0

# of_story: each command of the README's transcript, and what it prints there, was shown
of_story() {
	local line lines=0
	while IFS= read -r line; do
		lines=$((lines + 1))
		grep -qxF -e "$line" "$out" || { echo "make run does not show: $line" && return 1; }
	done < <(sed -n '/^## See it/,/^## /s/^    //p' "$TOP/README.md" | grep -v -e '^make run$' -e '^$')
	[ "$lines" -gt 10 ] || { echo "README.md has no transcript" && return 1; }
}

# ok NUMBER NAME COMMAND...
ok() {
	local number=$1 name=$2
	shift 2
	if "$@" 2>&1 | sed -u 's/^/# /'; then
		echo "ok $number $name"
	else
		echo "not ok $number $name"
		failed=1
	fi
}

echo "KTAP version 1"
echo "1..2"
ok 1 "what make run shows" env KERNEL="$1" PREPARED=1 "$VM/run.sh"
ok 2 "the README's transcript is of it" of_story
exit $failed
