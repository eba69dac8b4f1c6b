#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Modules for another kernel than the one that runs, which the loader does not see: they
# refuse to load, with a line in the log that says why. Copies of the modules are altered.
set -eu
cd "$(dirname "$0")"
. ./lib.sh

begin 6
need_program swapstr
load_base
need_no_mock
unload_all

case $(modinfo -n cxl_dcd 2>/dev/null) in
*.xz)	need="xz" ;;
*.zst)	need="zstd" ;;
*)	need="cat" ;;
esac
command -v "$need" >/dev/null || skip_all "the modules are compressed, and there is no $need"

copies=/tmp/layout.$$
mkdir "$copies"

# copy MODULE: a copy to alter, named as the loader wants it
copy()
{
	file=${CXL_DCD_MODULES:+$CXL_DCD_MODULES/$1.ko}
	file=${file:-$(modinfo -n "$1")}
	case $file in
	*.xz)	xz -dc "$file" ;;
	*.zst)	zstd -qdc "$file" ;;
	*)	cat "$file" ;;
	esac >"$copies/$1.ko"
}

complaints()
{
	log | grep "$1: .*: build the modules for this kernel" || :
}

# refused MODULE PATTERN [OPTION]: the copy does not load, and one line says why
refused()
{
	before=$(complaints "$1" | wc -l)
	if insmod ${3:+"$3"} "$copies/$1.ko" 2>/tmp/error; then
		rmmod "$1"
		echo "it has been loaded"
		return 1
	fi
	cat /tmp/error
	complaints "$1" | tail -n +$((before + 1)) >/tmp/said
	cat /tmp/said
	! loaded "$1" && equal "$(wc -l </tmp/said)" 1 && grep -q -e "$1: $2" /tmp/said
}

# The loader takes a module for another release if it is forced to.
release=$(uname -r)
other=$(printf '%s' "$release" | sed 's/./_/')
forced()
{
	copy "$1" && swapstr "$copies/$1.ko" "$release" "$other" || return 1
	refused "$1" "was built for kernel $other, and this is $release: " -f
}

# No loader sees that a structure has another size, if what it compares is the same. These
# two are in vmlinux, which is what is compared with, also where the CXL core is a module.
resized()
{
	copy "$1" && swapstr "$copies/$1.ko" "struct dax_region" "struct dax_device" || return 1
	refused "$1" "was built with a struct dax_device of [0-9]* bytes, and this kernel's has [0-9]*: "
}

# Whether the kernel can be forced at all (CONFIG_MODULE_FORCE_LOAD)
can_be_forced()
{
	copy cxl_redirect && insmod -f "$copies/cxl_redirect.ko" 2>/dev/null && rmmod cxl_redirect
}

why_not=
if [ -z "${CXL_DCD_THROWAWAY:-}" ]; then
	why_not="taints the kernel: set CXL_DCD_THROWAWAY=1"
elif ! can_be_forced; then
	why_not="this kernel forces no module (CONFIG_MODULE_FORCE_LOAD)"
fi

foreign_release="is refused if it was built for another release, though it is forced"
foreign_size="is refused if it was built with another size of a structure"
for module in cxl_redirect cxl_dcd cxl_mock_dcd; do
	if [ -z "$why_not" ]; then
		ok "$module $foreign_release" forced "$module"
	else
		skip "$module $foreign_release" "$why_not"
	fi
	case $module,$release in
	cxl_redirect,*) ;;
	*,6.12.*)
		skip "$module $foreign_size" "6.12 does not export bpf_find_btf_id()" ;;
	*)
		ok "$module $foreign_size" resized "$module" ;;
	esac
	loaded "$module" || [ "$module" = cxl_mock_dcd ] || insert "$module"
done
rm -r "$copies"

works()
{
	load_base && load_mock dc_total_size=1G && unload_mock
}
ok "the modules as they were built load" works

finish
