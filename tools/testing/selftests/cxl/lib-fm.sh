# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# The fabric manager's commands, by fmcmd. Sourced after lib.sh.

# find_fm DEVICE: sets fm to the FM's device of a mock's platform device
find_fm()
{
	fm=/dev/cxl/$(basename "$(realpath "$1/fm")")
	wait_for 20 test -c "$fm"
}

# bytes HEX: as fmcmd prints them
bytes()
{
	echo "$1" | sed 's/../& /g; s/ $//'
}

# fm_says OPCODE HEX ANSWER: the return code, and the response if there is one
fm_says()
{
	equal "$(fmcmd "$fm" "$1" "$2")" "$3"
}

# le BYTES NUMBER: in hex, little endian
le()
{
	le_left=$1
	le_value=$(($2))
	while [ "$le_left" -gt 0 ]; do
		printf '%02x' $((le_value & 0xff))
		le_value=$((le_value >> 8))
		le_left=$((le_left - 1))
	done
}
# zeroes BYTES: in hex
zeroes()
{
	printf '%0*d' $((2 * $1)) 0
}
