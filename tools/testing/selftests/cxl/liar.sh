# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# The test module cxl_dcd_liar and its files. Sourced after lib.sh.

liar=/sys/kernel/debug/cxl_dcd_liar

need_liar()
{
	modinfo cxl_dcd_liar >/dev/null 2>&1 || [ -n "${CXL_DCD_MODULES:-}" ] ||
		skip_all "the test modules are missing: make modules CXL_DCD_TEST_MODULES=m, then install them"
	[ -d /sys/kernel/debug/block ] || mount -t debugfs debug /sys/kernel/debug 2>/dev/null || :
}

# tell LIE [EXTENT]: have the device lie so, about the extent <dpa>:<length>:<tag>
tell()
{
	[ $# = 1 ] || echo "$2" >"$liar/extent"
	echo "$1" >"$liar/lie"
}

# count NAME VALUE: in the liar's status
count()
{
	equal "$(sed -n "s/^$1 //p" "$liar/status")" "$2"
}

# send HEX...: a command to the device, opcode first
send()
{
	echo "$*" | dd of="$liar/command" bs=4096 2>/tmp/send.error || {
		cat /tmp/send.error
		return 1
	}
	{
		read -r return_code
		read -r bytes || :
	} <"$liar/command"
}

# code VALUE: the return code of the response
code()
{
	equal "$((return_code))" "$1"
}

# size BYTES: of the response
size()
{
	equal $((${#bytes} / 2)) "$1"
}

# field OFFSET SIZE: of the response, as a number; 8 bytes at the most
field()
{
	hex=$(echo "$bytes" | cut -c$(($1 * 2 + 1))-$((($1 + $2) * 2)))
	value=
	while [ -n "$hex" ]; do
		value=${hex%"${hex#??}"}$value
		hex=${hex#??}
	done
	echo $((0x${value:-0}))
}

# is OFFSET SIZE VALUE
is()
{
	value=$(field "$1" "$2")
	[ "$value" = "$3" ] || {
		echo "$2 bytes at $1 are $value, should be $3"
		return 1
	}
}

# handles FIRST LAST: in hex
handles()
{
	for handle in $(seq "$1" "$2"); do
		printf '%02x%02x ' $((handle & 255)) $((handle >> 8))
	done
}
