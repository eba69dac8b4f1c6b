#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The programs that other tests judge memory with: that they find what is wrong.
# A file stands for a device.
set -eu
cd "$(dirname "$0")"
. ./lib.sh

begin 22
need_program daxmem daxtime qmp textfuzz
dir=$(mktemp -d)
file=$dir/memory
truncate -s 64K "$file"

# refused STATUS TEXT COMMAND...: it exits so and says that
refused()
{
	wanted=$1
	text=$2
	shift 2
	status=0
	"$@" >"$dir/said" 2>&1 </dev/null || status=$?
	cat "$dir/said"
	equal "$status" "$wanted" && grep -qF -- "$text" "$dir/said"
}

write_and_check()
{
	daxmem "$file" write 4K 8K 1 && daxmem "$file" check 4K 8K 1
}
ok "daxmem reads back what it wrote" write_and_check
ok "daxmem reads back a part, wherever it begins" daxmem "$file" check 5003 77 1
odd_part()
{
	daxmem "$file" write 8195 11 1 && daxmem "$file" check 4K 8K 1
}
ok "daxmem writes a part of odd size" odd_part
ok "another seed is detected" refused 1 "byte 0x1000 is" daxmem "$file" check 4K 8K 2
dd if="$file" of="$file" bs=4K skip=1 seek=2 count=1 conv=notrunc 2>/dev/null
ok "so is another offset" refused 1 "byte 0x2000 is" daxmem "$file" check 4K 8K 1
daxmem "$file" write 0 64K 3
printf 'x' | dd of="$file" bs=1 seek=12345 conv=notrunc 2>/dev/null
ok "one wrong byte is found and named" refused 1 "byte 0x3039 is 0x78, should be" \
	daxmem "$file" check 0 64K 3
ok "a range beyond the end is refused" \
	refused 2 "it has 0x10000 bytes" daxmem "$file" check 4K 64K 3
ok "a range that wraps around is refused" refused 2 "it has 0x10000 bytes" \
	daxmem "$file" check 0xfffffffffffff000 8K 3
ok "an invalid number is refused" refused 2 "length '4X': Invalid argument" \
	daxmem "$file" check 0 4X 3
ok "a missing device is refused" refused 2 "No such file or directory" \
	daxmem "$dir/none" check 0 4K 3
ok "a device without memory is refused" \
	refused 2 "is it a DAX device?" daxmem /dev/null check 0 4K 3

ok "daxmem maps a device again and again" refused 0 " mapped, 0 refused" daxmem "$file" reopen 1
ok "daxmem reopen of a missing device maps nothing" \
	refused 0 "0 mapped, " daxmem "$dir/none" reopen 1

# Memory that is taken away while it is mapped: a file that gets shorter.
sigbus()
{
	mkfifo "$dir/in"
	daxmem "$file" hold 0 64K <"$dir/in" >"$dir/out" &
	exec 7>"$dir/in"
	wait_for 10 grep -q holding "$dir/out" && echo touch >&7 &&
		wait_for 10 grep -q touched "$dir/out" && truncate -s 4K "$file" &&
		echo touch >&7 || return 1
	status=0
	wait $! || status=$?
	exec 7>&-
	equal "$status" 3 && grep -qx SIGBUS "$dir/out"
}
ok "memory removed while it is held is SIGBUS" sigbus
ok "memory held to the end is not" daxmem "$file" hold 0 4K </dev/null

measured()
{
	took=$(daxtime "$dir/new" there run sh -c "usleep 100000; touch $dir/new") &&
		[ "$took" -ge 100000 ] && took=$(daxtime "$dir/new" gone run rm "$dir/new") &&
		[ "$took" -gt 0 ]
}
ok "daxtime measures when a file appears and disappears" measured
ok "daxtime of a failing command fails" refused 2 "false failed" daxtime "$dir/new" \
	there run false
ok "daxtime of a write that fails fails" refused 2 "No such file" daxtime "$dir/new" \
	there write "$dir/none" x

ok "an invalid QMP command is refused" \
	refused 2 "is no command" qmp /dev/null '{"arguments": {"execute": 1}}'
ok "a socket without QMP is refused" refused 2 "the other end is not open" qmp /dev/null \
	'{"execute": "query-status"}'

# A test of its own, which writes to a process that has gone.
broken_pipe()
{
	sh -c '. ./lib.sh
		begin 2
		gone()
		{
			mkfifo "$1" && { true <"$1" & } && exec 7>"$1" && wait $! && echo x >&7
		}
		ok "written" gone "$1"
		ok "next" true
		finish' sh "$dir/pipe" >"$dir/said" || :
	cat "$dir/said"
	grep -q "^not ok 1 written" "$dir/said" && grep -q "^ok 3" "$dir/said"
}
ok "a test that writes to a dead process fails, and the others run" broken_pipe
takes_anything()
{
	: >"$dir/anything"
	! textfuzz 1 50 n "$dir/anything" >"$dir/took" && grep -q "^$dir/anything: took: '" "$dir/took"
}
ok "textfuzz finds a file that takes anything" takes_anything
rm -r "$dir"

finish
