#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# accel.sh RELEASE [INITRAMFS]: the accelerator for QEMU. That /dev/kvm is there does not
# mean that it runs a guest, so KVM is used only if it has booted this kernel.
set -eu
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

release=$1
initramfs=${2:-$BUILD/initramfs/$release.cpio}
answer=$BUILD/initramfs/$release.accel

if [ ! -e "$answer" ]; then
	accel=tcg,thread=multi
	if [ "$ARCH" = "$NATIVE" ] && [ -w /dev/kvm ]; then
		progress "trying KVM, for 6 seconds at most"
		status=$(mktemp "$answer.XXXXXX")
		# Without a command init reports that it cannot run any: it ran.
		in_tree timeout --foreground -s KILL 6 "${QEMU[@]}" \
			-m 1G -cpu max -accel kvm -nodefaults -no-user-config \
			-no-reboot -display none -append "quiet panic=-1" \
			-kernel "/usr/lib/modules/$release/vmlinuz" \
			-initrd "$initramfs" \
			-device virtio-serial -chardev "file,id=status,path=$status" \
			-device virtserialport,chardev=status,name=status \
			< /dev/null > /dev/null 2>&1 || true
		[ ! -s "$status" ] || accel=kvm
		rm "$status"
	fi
	echo "$accel" > "$answer.new.$$"
	mv "$answer.new.$$" "$answer"
	progress "guests of $release use ${accel%%,*}"
fi
cat "$answer"
