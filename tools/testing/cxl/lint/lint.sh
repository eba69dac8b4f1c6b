#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# lint.sh: check the style of every file: checkpatch --strict for C, shellcheck
# for shell, docutils, Sphinx and codespell for text, an SPDX line everywhere. Runs in
# the tree.

set -eu

cd "$(dirname "$0")/../../../.."
failed=0

# run NAME COMMAND...
run()
{
	name=$1
	shift
	if "$@"; then
		echo "lint: $name: clean"
	else
		echo "lint: $name: findings, see above" >&2
		failed=1
	fi
}

# files PATTERN...: of the checkout, without what was built
files()
{
	find . -path ./build -prune -o -path ./.git -prune -o -type f \( "$@" \) -print | sort
}

scripts()
{
	files -name '*' | xargs grep -lE -m1 '^(#!/bin/(ba)?sh|# shellcheck shell=)'
}

# Left out: strings are long so that grep finds them; macro arguments used twice
# are names and numbers; packed is spelled out where user space reads it too;
# cmocka's types are in camel case; the shim has the kernel's typedefs.
ignore=LONG_LINE_STRING,MACRO_ARG_REUSE,MACRO_ARG_PRECEDENCE
ignore=$ignore,PREFER_DEFINED_ATTRIBUTE_MACRO,CAMELCASE,NEW_TYPEDEFS

checkpatch()
{
	status=0
	# shellcheck disable=SC2046 # no file name has spaces
	perl build/checkpatch/checkpatch.pl --no-tree --strict --terse --no-summary \
		--show-types --ignore "$ignore" --file \
		$(files -name '*.c' -o -name '*.h') >build/checkpatch/log 2>&1 || status=$?
	# it asks git, which the tree does not have, and leaves a file behind
	grep -v 'git: not found' build/checkpatch/log || :
	rm -f .checkpatch-camelcase.*
	return $status
}

# index.rst is left out, whose directives are Sphinx's
rst()
{
	status=0
	for file in $(files -name '*.rst' ! -name index.rst); do
		rst2pseudoxml --report=2 --exit-status=2 "$file" >/dev/null || status=1
	done
	return $status
}

spdx()
{
	for file in $(files -name '*' ! -name COPYING ! -path './Documentation/ABI/*' \
			! -path '*/corpus/*' ! -path ./debian/changelog \
			! -path ./debian/source/format); do
		head -n 3 "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0-only' || echo "$file"
	done >build/lint.spdx
	cat build/lint.spdx
	[ ! -s build/lint.spdx ]
}

run "checkpatch --strict" checkpatch
# SC2317: tests are functions that ok calls, which shellcheck takes for dead code
# shellcheck disable=SC2046
run shellcheck shellcheck -x -P SCRIPTDIR -e SC2317 $(scripts)
run docutils rst
if [ -d build/sphinx ]; then
	run Sphinx tools/testing/cxl/lint/docs.sh dummy build/docs
else
	echo "lint: Sphinx: skipped, build/sphinx is missing: is the mirror in reach?" >&2
fi
# shellcheck disable=SC2046
run codespell codespell $(files -name '*' ! -name COPYING ! -path '*/corpus/*')
run "SPDX lines" spdx
run "limits in the documentation" tools/testing/cxl/lint/limits.sh
run "tests of the stock kernel's meanings" tools/testing/cxl/lint/meanings.sh

[ "$failed" = 0 ]
