#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# pack-tools.sh CPIO: packs what a guest needs of the tree but a kernel: busybox, whose
# applets init links, the tools with their libraries. Runs in the tree, which has those of
# another architecture in /opt/guest, with no libraries but what they need.
set -eu

cpio=$1
guest=/opt/guest
[ -d "$guest" ] || guest=
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

cd "$root"
mkdir -p bin dev etc proc root run sys tmp usr
ln -s bin sbin
ln -s ../bin usr/bin
ln -s ../bin usr/sbin

# dash, as on Debian: busybox's own shell would prefer its insmod to kmod's.
# bash is for make shell.
for name in busybox bash sh cxl daxctl ndctl flock jq kmod numactl; do
	cp -L "$guest/usr/bin/$name" bin/
done
for name in depmod insmod lsmod modinfo modprobe rmmod; do
	ln -sf kmod "bin/$name"
done
if [ "$guest" ]; then
	(cd "$guest/usr" && find lib -maxdepth 2 -name '*.so*')
else
	ldd bin/bash bin/sh bin/cxl bin/daxctl bin/ndctl bin/flock bin/jq bin/kmod \
		bin/numactl |
		grep -o '/[^ ]*' | grep -v ':$' | sort -u
fi |
	while read -r library; do
		mkdir -p "./${library%/*}"
		cp -L "${guest:+$guest/usr/}$library" "./$library"
	done

find . | cpio --quiet -o -H newc -R 0:0 > "$cpio"
