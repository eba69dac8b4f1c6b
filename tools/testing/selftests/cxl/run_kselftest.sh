#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Run installed selftests as the kernel's runner of this name does, and print TAP:
#
#   -c | --collection COLLECTION    run all tests of COLLECTION (there is one: cxl)
#   -t | --test COLLECTION:TEST     run TEST; may be given more than once
#   -l | --list                     list the tests
#   -d | --dry-run                  say what would run, and run nothing
#   -s | --summary                  keep the tests' output in output.log, print results
#   -o | --override-timeout SECONDS each test's time limit, instead of that in settings
#   -h | --help                     show this
#
# Without -c and -t all tests run. The exit status is 1 if a test failed, 2 if what was
# asked for does not exist.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
tests=
limit=
dry_run=
summary=

usage()
{
	sed -n '/^#$/,/^$/s/^# \{0,1\}//p' "$0"
	exit "$1"
}

refuse()
{
	echo "run_kselftest.sh: $*" >&2
	exit 2
}

add_collection()
{
	found=$(grep "^$1:" "$here/kselftest-list.txt") ||
		refuse "there is no collection '$1'; --list shows the tests of all"
	tests="$tests $found"
}

add_test()
{
	grep -qxF "$1" "$here/kselftest-list.txt" ||
		refuse "there is no test '$1'; --list shows all"
	tests="$tests $1"
}

while [ $# -gt 0 ]; do
	case $1 in
	-c | --collection | -t | --test | -o | --override-timeout)
		[ $# -gt 1 ] || refuse "$1 needs an argument; --help shows all options" ;;
	esac
	case $1 in
	-c | --collection)
		add_collection "$2"
		shift ;;
	-t | --test)
		add_test "$2"
		shift ;;
	-o | --override-timeout)
		limit=$2
		shift ;;
	-l | --list)
		cat "$here/kselftest-list.txt"
		exit ;;
	-d | --dry-run)
		dry_run=yes ;;
	-s | --summary)
		summary=$PWD/output.log
		: >"$summary" ;;
	-h | --help)
		usage 0 ;;
	*)
		refuse "unknown option '$1'; --help shows all" ;;
	esac
	shift
done
[ -n "$tests" ] || tests=$(cat "$here/kselftest-list.txt")

# run TEST: its result is in the file result, its output with # before each line
run()
{
	echo "# timeout set to $timeout"
	echo "# selftests: $collection: $1"
	# a pipeline has the status of its last command, so that of the test is in a file
	{
		status=0
		timeout -k 5 "$timeout" "./$1" 2>&1 || status=$?
		echo "$status" >"$result"
	} | sed 's/^/# /'
}

result=$(mktemp)
trap 'rm -f "$result"' EXIT

echo "TAP version 13"
# shellcheck disable=SC2086 # words
set -- $tests
echo "1..$#"
number=0
failed=0
for name; do
	number=$((number + 1))
	collection=${name%%:*}
	test=${name#*:}
	cd "$here/$collection"
	timeout=45
	# shellcheck disable=SC1091 # there where it runs
	[ ! -e settings ] || . ./settings
	timeout=${limit:-$timeout}

	echo 0 >"$result"
	if [ -n "$dry_run" ]; then
		echo "# ./$test"
	elif [ -n "$summary" ]; then
		run "$test" >>"$summary"
	else
		run "$test"
	fi
	read -r status <"$result"
	case $status in
	0) echo "ok $number selftests: $collection: $test" ;;
	4) echo "ok $number selftests: $collection: $test # SKIP" ;;
	124 | 137)
		echo "not ok $number selftests: $collection: $test # TIMEOUT $timeout seconds"
		failed=1 ;;
	*)	echo "not ok $number selftests: $collection: $test # exit=$status"
		failed=1 ;;
	esac
done
exit "$failed"
