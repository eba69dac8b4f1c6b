#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests ktap.awk, above all that it takes nothing broken for a pass. Prints KTAP.
set -eu

awk=$(dirname "$0")/ktap.awk
number=0
failures=0

# expect NAME STATUS COUNTS: judges the document on stdin of a lane that ended
# with STATUS
expect() {
	local counts
	number=$((number + 1))
	counts=$(awk -v lane=test -v status="$2" -f "$awk" | tail -n 1)
	if [ "$counts" = "$3" ]; then
		echo "ok $number $1"
	else
		echo "not ok $number $1"
		echo "# expected $3, counted $counts"
		failures=$((failures + 1))
	fi
}

echo "KTAP version 1"
echo "1..19"

expect "all pass" 0 "2 0 0" << 'EOF'
KTAP version 1
1..2
# a diagnostic
ok 1 one
ok 2 two
EOF
expect "one fails" 1 "1 1 0" << 'EOF'
KTAP version 1
1..2
ok 1 one
not ok 2 two
EOF
expect "a skip is not a pass" 0 "1 0 1" << 'EOF'
KTAP version 1
1..2
ok 1 one # SKIP no such device
ok 2 two
EOF
expect "a failure marked as a skip is a failure" 0 "0 1 0" << 'EOF'
KTAP version 1
1..1
not ok 1 one # SKIP
EOF
expect "truncated" 0 "1 1 0" << 'EOF'
KTAP version 1
1..3
ok 1 one
EOF
expect "more than planned" 0 "2 1 0" << 'EOF'
KTAP version 1
1..1
ok 1 one
ok 2 two
EOF
expect "no plan" 0 "1 1 0" << 'EOF'
KTAP version 1
ok 1 one
EOF
expect "plan at the end" 0 "1 0 0" << 'EOF'
TAP version 13
ok 1 one
1..1
EOF
expect "number out of order" 0 "2 1 0" << 'EOF'
KTAP version 1
1..2
ok 1 one
ok 3 three
EOF
expect "bail out" 1 "1 1 0" << 'EOF'
KTAP version 1
1..3
ok 1 one
Bail out! no memory
EOF
expect "nothing at all" 0 "0 1 0" < /dev/null
expect "no KTAP" 0 "0 1 0" << 'EOF'
okay, all is well
EOF
expect "a plan of no tests" 0 "0 1 0" << 'EOF'
KTAP version 1
1..0
EOF
expect "all skipped" 0 "0 0 1" << 'EOF'
KTAP version 1
1..0 # SKIP the modules are not loaded
EOF
expect "passes, but a bad exit status" 139 "1 1 0" << 'EOF'
KTAP version 1
1..1
ok 1 one
EOF
expect "subtests count, their parents do not" 1 "2 1 1" << 'EOF'
KTAP version 1
1..3
  KTAP version 1
  1..2
  ok 1 one
  not ok 2 two
not ok 1 first
  KTAP version 1
  1..1
  ok 1 one
ok 2 second
ok 3 third # SKIP
EOF
expect "a parent fails after its subtests passed" 1 "1 1 0" << 'EOF'
KTAP version 1
1..1
  1..1
  ok 1 one
not ok 1 first # exit status 1
EOF
expect "truncated subtests" 0 "1 1 0" << 'EOF'
KTAP version 1
1..1
  1..2
  ok 1 one
ok 1 first
EOF
expect "two documents, the second truncated" 0 "3 1 0" << 'EOF'
1..2
ok 1 one
ok 2 two
1..2
ok 1 one
EOF
[ "$failures" = 0 ]
