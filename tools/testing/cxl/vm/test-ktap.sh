#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests ktap.awk, above all that it takes nothing broken for a pass, and that it tells
# why something failed. Prints KTAP.
set -eu

awk=$(dirname "$0")/ktap.awk
number=0
failures=0

# expect NAME STATUS VERDICT: judges the document on stdin of a lane that ended
# with STATUS; a verdict of one line is about the counts only
expect() {
	local verdict
	number=$((number + 1))
	verdict=$(awk -v lane=test -v status="$2" -f "$awk")
	[[ $3 = *$'\n'* ]] || verdict=${verdict##*$'\n'}
	if [ "$verdict" = "$3" ]; then
		echo "ok $number $1"
	else
		echo "not ok $number $1"
		printf 'expected %s\nwas %s\n' "$3" "$verdict" | sed 's/^/# /'
		failures=$((failures + 1))
	fi
}

echo "KTAP version 1"
echo "1..22"

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
expect "tests of suites count, and one that has no result is a failure" 1 \
	"FAILED test: all: second: planned 2, saw 1 at depth 2
2 1 1" << 'EOF'
KTAP version 1
1..1
  KTAP version 1
  1..2
    KTAP version 1
    # Subtest: first
    1..2
    ok 1 one
    ok 2 two # SKIP no memory
  # first: pass:1 fail:0 skip:1 total:2
  ok 1 first
    KTAP version 1
    1..2
    ok 1 one
  ok 2 second
ok 1 all
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
expect "what a failed test says is shown below it, before its result or after" 1 \
	"FAILED test: first: not ok 2 two
  # before two
  # after two
  # and more
FAILED test: not ok 2 second
  # before second
1 2 0" << 'EOF'
KTAP version 1
1..2
  KTAP version 1
  1..2
  # before one
  ok 1 one
  # before two
  not ok 2 two
  # after two
  # and more
not ok 1 first
# before second
not ok 2 second
EOF
expect "of much that it says, the end before the result and the beginning after" 1 \
	"FAILED test: not ok 1 one
$(printf '  # before %d\n' {6..20})
$(printf '  # after %d\n' {1..30})
0 1 0" << EOF
1..1
$(printf '# before %d\n' {1..20})
not ok 1 one
$(printf '# after %d\n' {1..40})
EOF
[ "$failures" = 0 ]
