# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# enter.sh TREE DEBUG ROOT CHECKOUT COMMAND...: the part of in-tree.sh that runs
# in the new mount namespace. DEBUG is the directory of the kernels that were built here.
set -eu

tree=$1
debug=$2
root=$3
top=$4
shift 4
dir=$(pwd -P)

mount -t tmpfs -o mode=0755 none "$root"
# else the checkout's mount below would hold a copy of this one
mount --make-unbindable "$root"

for entry in "$tree"/*; do
	name=${entry##*/}
	case $name in
	usr | etc | var | opt)
		mkdir "$root/$name"
		mount --bind "$entry" "$root/$name"
		;;
	proc | sys | dev | tmp)
		mkdir "$root/$name"
		mount --rbind "/$name" "$root/$name"
		;;
	*)
		[ ! -L "$entry" ] || cp -P "$entry" "$root/$name"
		;;
	esac
done
# beside the stock kernels, with nothing of it in the tree, if the tree has kernels
modules=$root/usr/lib/modules
if [ -d "$modules" ]; then
	mount -t tmpfs -o mode=0755 none "$modules"
	for kernel in "$tree"/usr/lib/modules/* "$debug"/*-cxl-dcd-*; do
		[ -d "$kernel" ] || continue
		mkdir "$modules/${kernel##*/}"
		mount --bind "$kernel" "$modules/${kernel##*/}"
	done
fi
mkdir -p "$root/root" "$root/run" "$root$top"
mount --rbind "$top" "$root$top"

case $dir in
"$top" | "$top"/* | /tmp | /tmp/*) ;;
*) dir=$top ;;
esac

# The machine's own environment (CC, CFLAGS, MAKEFLAGS, ...) stays outside.
exec chroot "$root" /usr/bin/env -i -C "$dir" HOME=/root LC_ALL=C.UTF-8 \
	TERM="${TERM:-dumb}" PATH=/opt/sparse/bin:/usr/sbin:/usr/bin "$@"
