#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kunit.sh SUITE...: loads the unit tests, and prints what KUnit has written of them to the
# kernel's log. Fails if one does, or if there are other suites. Of one suite alone only
# that is run.
set -eu
# shellcheck source=tools/testing/cxl/debug/lib.sh
. "$(dirname "$0")/lib.sh"

# Allocations fail for a task that asks for it: see unit/kunit_slab.c. But not those of the
# profile: where they do, Linux 6.12 warns.
(
	cd /sys/kernel/debug/failslab
	echo Y >task-filter
	echo N >ignore-gfp-wait
	echo 0 >verbose
	echo -1 >./times
	awk 'found { print "0x" $1; exit }
		$3 == "alloc_slab_obj_exts" { print "0x" $1; found = 1 }' /proc/kallsyms >/tmp/reject
	head -n 1 /tmp/reject >reject-start
	tail -n 1 /tmp/reject >reject-end
	echo 100 >probability
)

# results: KUnit's document. It indents by four spaces, ktap.awk by two. Whatever else the
# kernel says meanwhile is of interest if a test fails.
results()
{
	dmesg | sed 's/^\[ *[0-9.]*\] //' | awk '
		/^KTAP version/ { begun = 1 }
		!begun { next }
		match($0, /^ */) && RLENGTH % 4 == 0 &&
				substr($0, RLENGTH + 1) ~ /^(KTAP version|1\.\.|(not )?ok |# )/ {
			print substr($0, RLENGTH / 2 + 1)
			next
		}
		{ print "# " $0 }'
}

# suites_ran SUITE...: each has a result
suites_ran()
{
	for suite; do
		grep -qE "^(not )?ok [0-9]+ $suite( |$)" /tmp/results || {
			echo "no result of $suite"
			return 1
		}
	done
	equal "$(grep -cE '^(not )?ok ' /tmp/results)" $#
}

filter=
[ $# != 1 ] || filter=filter_glob=$1

begin 3
# shellcheck disable=SC2086 # there may be none
ok "KUnit loads" modprobe kunit enable=1 autorun=1 $filter
start=$(cut -d . -f 1 /proc/uptime)
ok "the unit tests load" insert cxl_dcd_kunit
results >/tmp/results
sed 's/^/  /' /tmp/results
ok "each suite has run" suites_ran "$@"
echo "# $(grep -cE '^  (not )?ok ' /tmp/results) tests in $(grep -cE '^(not )?ok ' /tmp/results)" \
	"suites took $(($(cut -d . -f 1 /proc/uptime) - start)) s"
finish
