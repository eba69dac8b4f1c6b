#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# pack-tools.sh CPIO: packs what a guest needs of the tree but a kernel: busybox, the
# tools with their libraries. Runs in the tree.
set -eu

cpio=$1
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

cd "$root"
mkdir -p bin dev etc proc root run sys tmp usr
ln -s bin sbin
ln -s ../bin usr/bin
ln -s ../bin usr/sbin

cp /usr/bin/busybox bin/
for applet in $(busybox --list); do
	[ "$applet" = busybox ] || ln -s busybox "bin/$applet"
done
# dash, as on Debian: busybox's own shell would prefer its insmod to kmod's.
# bash is for make shell.
rm bin/sh
cp -L /usr/bin/bash /usr/bin/sh /usr/bin/cxl /usr/bin/daxctl /usr/bin/ndctl \
	/usr/bin/flock /usr/bin/jq /usr/bin/kmod /usr/bin/numactl bin/
for name in depmod insmod lsmod modinfo modprobe rmmod; do
	ln -sf kmod "bin/$name"
done
ldd bin/bash bin/sh bin/cxl bin/daxctl bin/ndctl bin/flock bin/jq bin/kmod \
	bin/numactl |
	grep -o '/[^ ]*' | grep -v ':$' | sort -u |
	while read -r library; do
		mkdir -p ".${library%/*}"
		cp -L "$library" ".$library"
	done

find . | cpio --quiet -o -H newc -R 0:0 > "$cpio"
