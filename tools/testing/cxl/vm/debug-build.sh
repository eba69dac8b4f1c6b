#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# debug-build.sh DIR FRAGMENT RELEASE: builds the kernel in DIR/source with the
# options of FRAGMENT, to be called RELEASE, and leaves in DIR/kernel what a
# directory below /lib/modules has: image, modules, and in build/ what a header
# package has. Runs in the tree.
set -eu

dir=$1
fragment=$2
release=$3

cd "$dir/source"
{
	cat "$fragment"
	echo "CONFIG_LOCALVERSION=\"${release#"$(make -s kernelversion)"}\""
} > "$dir/fragment"
make -s KCONFIG_ALLCONFIG="$dir/fragment" allnoconfig
grep '^CONFIG' "$dir/fragment" | while IFS= read -r line; do
	case $line in
	*=n) ! grep -q "^${line%n}" .config ;;
	*) grep -qxF "$line" .config ;;
	esac || echo "this kernel does not take $line"
done > "$dir/refused"
[ ! -s "$dir/refused" ] || { cat "$dir/refused"; exit 1; }

make -j "$(nproc)" bzImage modules

echo "installing"
rm -rf "$dir/kernel" "$dir/installed"
make -s INSTALL_MOD_PATH="$dir/installed" INSTALL_MOD_STRIP=1 DEPMOD=true modules_install
mv "$dir/installed/lib/modules/$release" "$dir/kernel"
rm -rf "$dir/kernel/build" "$dir/kernel/source" "$dir/installed"
make -s run-command \
	KBUILD_RUN_COMMAND="\$(srctree)/scripts/package/install-extmod-build $dir/kernel/build"
cp .config "$dir/kernel/build/"
# of 400 MB what Debian ships: types
objcopy --only-section=.BTF vmlinux "$dir/kernel/build/vmlinux"
cp System.map "$dir/kernel/"
cp .config "$dir/kernel/config"
cp arch/x86/boot/bzImage "$dir/kernel/vmlinuz"
