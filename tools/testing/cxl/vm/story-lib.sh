# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034 # shared with the stories
# What the stories share. Sourced; the caller has set -eu.

tag=11111111-2222-3333-4444-555555555555
PATH=$PATH:/selftests

# say TEXT: what comes next
say() {
	printf '\n--- %s\n' "$1"
}

# show COMMAND: as if typed
show() {
	printf '\n# %s\n' "$1"
	eval "$1"
}

# show_refused COMMAND: what must fail, and why it does
show_refused() {
	printf '\n# %s\n' "$1"
	if eval "$1" 2>&1; then
		echo "this should have been refused"
		return 1
	fi
	show "dmesg | tail -n 1"
}

# wait_for SECONDS COMMAND: until it succeeds
wait_for() {
	deadline=$(($(date +%s) + $1))
	until eval "$2" > /dev/null 2>&1; do
		if [ "$(date +%s)" -ge "$deadline" ]; then
			echo "nothing after $1 s: $2" >&2
			return 1
		fi
		usleep 50000
	done
}

# equal IS SHOULD
equal() {
	[ "$1" = "$2" ] || { echo "'$1' should be '$2'" && return 1; }
}

# hold_memory DEVICE: a process maps its first 2M; then touch_memory or let_go. What
# the last one said must be gone: this one has the fifo before it has its output.
hold_memory() {
	rm -f /tmp/hold /tmp/held
	mkfifo /tmp/hold
	daxmem "$1" hold 0 2M < /tmp/hold > /tmp/held 8>&- &
	holder=$!
	exec 7> /tmp/hold
	wait_for 10 "grep holding /tmp/held"
}

# touch_memory: it writes there once more, and ends if that memory has gone
touch_memory() {
	echo touch >&7
	wait "$holder" || true
}

let_go() {
	exec 7>&-
	wait "$holder"
}

begin_story() {
	dmesg -n 1
	dmesg -c > /dev/null
}

end_story() {
	echo
	if dmesg -r | grep -E 'WARNING|BUG|Oops|^<[0-2]>'; then
		echo "The kernel's log should not have the lines above."
		return 1
	fi
	echo "The kernel's log has no warning but those shown."
}
