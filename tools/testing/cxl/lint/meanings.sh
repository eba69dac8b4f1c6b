#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# meanings.sh: the files and tests that the table include/cxl/core/meanings names are there.
set -eu
cd "$(dirname "$0")/../../../.."

table=include/cxl/core/meanings
status=0
tab=$(printf '\t')
lines=$(grep -v '^#' $table | tr -s '\t')
[ -n "$lines" ]
while IFS=$tab read -r meaning file test description check; do
	if [ -z "$check" ]; then
		echo "$table: '$meaning': a field is missing: - if there is no check"
		status=1
	elif [ ! -e "$file" ]; then
		echo "$table: '$meaning': no file $file"
		status=1
	elif ! grep -qF "ok \"$description\"" "tools/testing/selftests/cxl/$test.sh"; then
		echo "$table: '$meaning': $test has no test '$description'"
		status=1
	fi
done <<EOF
$lines
EOF
exit $status
