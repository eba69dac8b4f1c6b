#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# run.sh OUT "CODE..." TEST...: runs the tests that the Makefile has built in
# OUT and judges how much of each CODE.c they reach. Prints one KTAP document,
# each test's own as its subtests.
set -u

MIN_LINES=95
MIN_BRANCHES=90

out=$1
code=$2
shift 2

export CMOCKA_MESSAGE_OUTPUT=tap
number=0
failures=0

# result STATUS NAME
result() {
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number $2"
	else
		echo "not ok $number $2"
		failures=$((failures + 1))
	fi
}

# coverage CODE...: prints "LINES OF BRANCHES OF" of each, and its name
coverage() {
	local name
	for name in "$@"; do
		(cd "$(dirname "$name")" && gcov -b -o . "${name##*/}.c" 2> /dev/null) |
			awk -v name="$name.c" '
			/^File / { ours = $0 ~ "/" name "\047$" }
			!ours { next }
			function count(	part) {
				split($0, part, /[:%]| of /)
				of = part[4]
				return int(part[2] * of / 100 + 0.5)
			}
			/^Lines executed/ { lines = count(); line_of = of }
			/^Taken at least once/ { branches = count(); branch_of = of }
			END { print lines + 0, line_of + 0, branches + 0, branch_of + 0, name }'
	done
}

echo "KTAP version 1"
echo "1..$(($# + 3))"

find "$out/cov" \( -name '*.gcda' -o -name '*.gcov' \) -delete
alike=0
for test; do
	"$out/san/$test" | sed -u 's/^/  /'
	status=${PIPESTATUS[0]}
	result "$status" "$test"
	[ "$status" = 0 ] || echo "# $test ended with status $status"
	"$out/cov/$test" > "$out/cov/$test.log" 2>&1
	[ "$?" = "$status" ] || alike=1
done
result "$alike" "the tests end alike without the sanitizers"

cd "$out/cov" || exit 1
# shellcheck disable=SC2086 # a list
counts=$(coverage $code)
total=$(awk '{ for (i = 1; i <= 4; i++) sum[i] += $i }
	END { print sum[1], sum[2], sum[3], sum[4], "all of them" }' <<< "$counts")
while read -r lines line_of branches branch_of name; do
	echo "# coverage: lines $lines/$line_of, branches $branches/$branch_of: $name"
done <<< "$counts
$total"
# a file that gcov knows nothing about must not pass for one without lines
short=$(awk -v lines=$MIN_LINES -v branches=$MIN_BRANCHES '
	$2 == 0 { unknown = 1 }
	END { print unknown || 100 * $1 < lines * $2, unknown || 100 * $3 < branches * $4 }' \
	<<< "$counts
$total")
read -r lines_short branches_short <<< "$short"
grep -rH -e '#####:' --include='*.c.gcov' . | grep -E "^\./(${code// /|})\.c\.gcov" |
	sed -E 's|^\./(.*)\.gcov: *#####: *([0-9]+):(.*)|# not reached: \1:\2:\3|' |
	head -n 30
result "$lines_short" "the tests reach $MIN_LINES % of lines"
result "$branches_short" "the tests take $MIN_BRANCHES % of branches"

[ "$failures" = 0 ]
