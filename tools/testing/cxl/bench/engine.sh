#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What the engine's operations cost by how many extents there are, as a test module
# measures it. Runs in a guest. Fails if one costs with the most extents more than 4
# times what it costs with the least, or an extent more than 256 bytes.
set -eu

modprobe cxl_dc_bench
rmmod cxl_dc_bench
dmesg | sed -n 's/^.*cxl_dc_bench: \(.*\t\)/\1/p' >/tmp/bench

awk -F '\t' '
	BEGIN { printf "%-34s %8s %12s %10s\n", "operation", "extents", "value", "to least" }
	{
		if ($1 != name) {
			name = $1
			base = $4 == "ns" ? $3 : 0
		}
		printf "%-34s %8d %9d %-2s %10s\n", name, $2, $3, $4,
			base ? sprintf("%.2f x", $3 / base) : ""
		# for the table of make bench
		printf "figure\t%s, of %d\t%d\t%s\t%s\t\n", name, $2, $3, $4, base ? base : ""
		if ($4 == "ns" && $3 > 4 * base) {
			excess = excess sprintf("%s: %.2f times as much with %d extents, must be at most 4\n",
				name, $3 / base, $2)
		}
		if ($4 == "B" && $3 > 256)
			excess = excess sprintf("%s: %d bytes, must be at most 256\n", name, $3)
	}
	END {
		if (NR < 3)
			excess = "nothing was measured\n"
		printf "%s", excess
		exit excess != ""
	}' /tmp/bench
