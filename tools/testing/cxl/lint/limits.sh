#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# limits.sh: the table of limits and times in Documentation/dcd.rst is what the code says.
set -eu
cd "$(dirname "$0")/../../../.."

header=drivers/cxl/dcd/limits.h
text=Documentation/dcd.rst

in_code()
{
	awk '$1 == "#define" && $3 ~ /^[0-9]+$/ { print $2, $3 }' $header | sort
}

in_text()
{
	awk '$1 ~ /^DCD_[A-Z_]+$/ && $2 ~ /^[0-9]+$/ { print $1, $2 }' $text | sort
}

code=$(in_code)
[ -n "$code" ]
if [ "$code" != "$(in_text)" ]; then
	echo "$header says:"
	echo "$code"
	echo "the table of limits in $text:"
	in_text
	exit 1
fi
