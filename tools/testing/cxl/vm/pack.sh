#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# pack.sh RELEASE CPIO: packs what a guest needs of the tree: busybox, the
# tools with their libraries, the stock modules. Runs in the tree.
set -eu

vm=$(dirname "$0")
release=$1
cpio=$2
modules=lib/modules/$release
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

cd "$root"
mkdir -p bin dev etc proc root run sys tmp usr "$modules/kernel"
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

# Unpacked: the guest, which may be emulated, need not do it. No configuration:
# ndctl's has an install command for libnvdimm, which hides its file.
grep -v '^#' "$vm/modules" |
	xargs modprobe --config /dev/null --set-version "$release" --all --show-depends |
	sed -n 's/^insmod \([^ ]*\).*/\1/p' | sort -u |
	while read -r module; do
		name=${module##*/}
		case $name in
		*.xz) xz -dc "$module" > "$modules/kernel/${name%.xz}" ;;
		*) cp "$module" "$modules/kernel" ;;
		esac
	done
cp "/$modules/modules.order" "/$modules/modules.builtin" \
	"/$modules/modules.builtin.modinfo" "$modules/"

find . | cpio --quiet -o -H newc -R 0:0 > "$cpio"
