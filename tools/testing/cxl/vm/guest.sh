#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# guest.sh [OPTION]... RELEASE COMMAND: boots the kernel RELEASE and runs the
# shell command in the guest, in /root. Its output is this script's output, its
# exit status this script's exit status; a guest that hangs, panics or ends
# without a status is a failure.
#
#   -n NAME     name of the guest and of its files build/log/NAME.* (RELEASE)
#   -t SECONDS  deadline (120)
#   -m MEMORY   memory size (2G)
#   -a ARGS     more kernel arguments
#   -q ARGS     more QEMU arguments
#   -f FILE     the initramfs, instead of build/initramfs/RELEASE.cpio
#   -c          the guest controls QEMU: its port "qmp" leads to QEMU's monitor
#   -i          the command gets this terminal, and no deadline
set -eu
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

name=
seconds=120
memory=2G
append=
extra=()
control=()
initramfs=
# a kernel that watches itself takes 20 s on an idle machine
boot_seconds=120
interactive=
while getopts n:t:m:a:q:f:ci option; do
	case $option in
	n) name=$OPTARG ;;
	t) seconds=$OPTARG ;;
	m) memory=$OPTARG ;;
	a) append=$OPTARG ;;
	q) read -r -d '' -a extra <<< "$OPTARG" || true ;;
	f) initramfs=$OPTARG ;;
	c) control=(
		-chardev "socket,id=monitor,path=qmp,server=on,wait=off"
		-mon "chardev=monitor,mode=control"
		-chardev "socket,id=qmp,path=qmp"
		-device "virtserialport,chardev=qmp,name=qmp"
	) ;;
	i) interactive=yes ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -ge 2 ] || die "usage: guest.sh [OPTION]... RELEASE COMMAND"
release=$1
shift
initramfs=${initramfs:-$BUILD/initramfs/$release.cpio}
name=${name:-$release}
log=$BUILD/log/$name

mkdir -p "$BUILD/log"
exec 8> "$log.lock"
flock -n 8 || die "another guest called $name is running in this checkout"

work=$(mktemp -d "$log.XXXXXX")
trap 'rm -rf "$work"' EXIT
rm -f "$log".{out,console,status,lost}

# The command is one more archive at the end of the initramfs.
mkdir "$work/root"
printf '%s\n' "$*" > "$work/root/command"
{
	cat "$initramfs"
	pack_directory "$work/root"
} > "$work/initrd"

accel=$("$VM/accel.sh" "$release" "$initramfs")
cpu=$EMULATED_CPU
[ "$accel" != kvm ] || cpu=max

# rcu_expedited: loading and unloading mostly waits for grace periods, which take a
# fourth of a test's time otherwise.
qemu=(
	"${QEMU[@]}" -m "$memory" -smp 2 -cpu "$cpu" -accel "$accel"
	-nodefaults -no-user-config -no-reboot -display none
	-kernel "/usr/lib/modules/$release/vmlinuz" -initrd "$work/initrd"
	-append "console=$CONSOLE quiet panic=-1 $CLOCK rcupdate.rcu_expedited=1 $append"
	-serial "file:$log.console"
	-device virtio-serial
	-chardev "file,id=status,path=$log.status"
	-device "virtserialport,chardev=status,name=status"
	"${control[@]}"
	"${extra[@]}"
)

# In the background, since bash runs a trap only after what it waits for in the
# foreground: whoever ends this script ends QEMU too.
start() {
	tee "$log.out" < "$work/output" &
	"$VM/in-tree.sh" timeout --foreground -k 5 "$seconds" "${qemu[@]}" \
		-chardev file,id=output,path=/dev/stdout \
		-device virtserialport,chardev=output,name=output \
		> "$work/output" < /dev/null 2> "$log.qemu" &
	guest=$!
}

# lost: waits for the guest's first process, and tells why an emulator can have
# lost it before that: a CPU hangs, or an assertion of QEMU's own fails
lost() {
	local deadline=$((SECONDS + boot_seconds))
	until [ -s "$log.status" ]; do
		if ! kill -0 "$guest" 2> /dev/null; then
			wait "$guest" || ended=$?
			[ "$ended" -gt 128 ] || return 1
			echo "QEMU was killed by signal $((ended - 128))"
			return
		fi
		if [ "$SECONDS" -ge "$deadline" ]; then
			kill "$guest" || true
			echo "it has not started within $boot_seconds s"
			return
		fi
		sleep 0.5
	done
	return 1
}

# The path of a socket must be short, so it is relative.
cd "$work"
ended=0
if [ -n "$interactive" ]; then
	"$VM/in-tree.sh" "${qemu[@]}" -chardev stdio,id=output,signal=off \
		-device virtconsole,chardev=output || ended=$?
else
	mkfifo "$work/output"
	start
	trap 'kill "$guest" 2> /dev/null; wait; exit 130' INT TERM
	if lost > "$work/why"; then
		wait
		progress "guest $name has no first process: $(cat "$work/why"); starting it once" \
			"more (build/log/$name.lost)"
		cat "$log.console" "$log.qemu" > "$log.lost"
		start
	fi
	ended=0
	wait "$guest" || ended=$?
	wait
fi

status=
[ ! -e "$log.status" ] || status=$(grep -v '^up$' "$log.status") || true
[ "$status" != 0 ] || exit 0

{
	echo "--- end of the log of guest $name (build/log/$name.console)"
	[ ! -e "$log.console" ] || tail -n 40 "$log.console"
	[ ! -e "$log.qemu" ] || cat "$log.qemu"
	echo "---"
} >&2
[ -z "$status" ] || exit "$status"
[ "$ended" != 124 ] || die "guest $name did not finish within $seconds s"
die "guest $name ended without a result; QEMU's exit status was $ended"
