# SPDX-License-Identifier: GPL-2.0-only
# The table that make bench ends with, of the lines that its parts print for it:
# "figure", what, value, unit, the same with the least that is measured (to show
# how it grows), and the same with QEMU's device; the last two may be empty.
BEGIN {
	FS = "\t"
	printf "%-52s %14s %9s %14s %9s\n", "figure", "value", "to least", "QEMU's device",
		"to QEMU's"
}

function ratio(value, base) {
	return base > 0 ? sprintf("%.2f x", value / base) : ""
}

$1 == "figure" {
	printf "%-52s %10s %-3s %9s %14s %9s\n", $2, $3, $4, ratio($3, $5),
		$6 == "" ? "" : $6 " " $4, ratio($3, $6)
}
