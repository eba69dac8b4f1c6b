#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Backends of a device through configfs: life cycle, every refusal with its errno
# and its line in the log, the extent of a backend, removal in each state.
set -eu
cd "$(dirname "$0")"
. ./lib.sh

begin 37
need_program fmcmd
load_base
need_no_mock
. ./lib-configfs.sh
. ./lib-device.sh
. ./lib-fm.sh

tag=5be13bd1-c5c9-4b4b-a4a2-2dd2b6b9d0a1
tag2=5be13bd1-c5c9-4b4b-a4a2-2dd2b6b9d0a2

before_all=$(listing)

# A backend whose extent the host has given back, and a reference keeps.
insert cxl_mock_dcd
x=a/backends/x
mkdir "$root/a" "$root/$x"
# reference OPCODE: of the tag: 5606h adds one, 5607h removes it
reference()
{
	find_fm "/sys/bus/platform/devices/$dc" && fm_says "$1" "$(echo "$tag" | tr -d -)" 00
}
held_backend()
{
	put 1G a/dc_total_size && put 0x2007 a/serial && put 1 a/sharable && live a 0x2007 &&
		dc=$(basename "$(realpath "$devices/$(memdev 0x2007)/..")") &&
		put "$tag" "$x/tag" && put 256M "$x/size" && put 1 "$x/live" &&
		region 0x2007 256M &&
		inject 0x2007 dc_inject_extent "0x0:0x10000000:$tag:0" &&
		wait_for 10 value bound "$x/state" && reference 5606 &&
		inject 0x2007 dc_del_extent "0x0:0x10000000:$tag" &&
		wait_for 10 value offered "$x/state"
}
ok "a reference keeps the released extent of a backend" held_backend
ok "it cannot be detached" not "$EBUSY" \
	"$x/live=0: a reference of the FM keeps its extent: remove the reference first (5607h)" \
	0 "$x/live"
detached()
{
	reference 5607 && put 0 "$x/live" && put 0 a/live && rmdir "$root/$x" "$root/a" &&
		rmmod cxl_mock_dcd
}
ok "the backend is detached after the reference is removed" detached

# Backends. Without cxl_dcd nobody answers an offer: it stays one.
rmmod cxl_dcd
insert cxl_mock_dcd
mkdir "$root/a" "$root/a/backends/x" "$root/a/backends/y"
x=a/backends/x
y=a/backends/y
zero=00000000-0000-0000-0000-000000000000
backend_defaults()
{
	value "$zero" "$x/tag" && value 0 "$x/size" && value phantom "$x/kind" &&
		value 0 "$x/live" && value free "$x/state"
}
ok "a backend has no tag and no size, and is phantom" backend_defaults
ok "live while the device is not" not "$ENODEV" \
	"$x/live=1: the device is not live: write 1 to its live first" 1 "$x/live"
put 1G a/dc_total_size
put 0x3001 a/serial
put 1 a/live
wait_for 20 any_memdev 0x3001 || :
dc=$(basename "$(realpath "$devices/$(any_memdev 0x3001)/..")")
add="0x0:0x10000000:$tag:0"

ok "a device without backing refuses an extent" refused "$EOPNOTSUPP" \
	"cxl_mock_dcd $dc: dc_inject_extent: 0x0:0x10000000::0: no backend has this tag, and the capacity has no backing: attach a backend with the tag first" \
	inject 0x3001 dc_inject_extent 0x0:0x10000000::0
ok "an unknown kind is refused" \
	not "$EINVAL" "$x/kind=gold: must be phantom or reserved" gold "$x/kind"
ok "the kind none is refused" \
	not "$EINVAL" "$x/kind=none: must be phantom or reserved" none "$x/kind"
uuid="must be a UUID other than zero, such as 6ba7b810-9dad-11d1-80b4-00c04fd430c8"
ok "a tag that is a word is refused" not "$EINVAL" "$x/tag=mine: $uuid" mine "$x/tag"
ok "a tag followed by text is refused" not "$EINVAL" "$x/tag=${tag}0: $uuid" ${tag}0 "$x/tag"
ok "a tag of two lines is refused" not "$EINVAL" "$x/tag=$tag\\x0amore: $uuid" "$tag
more" "$x/tag"
ok "a tag followed by a NUL and text is refused" not_bytes "$EINVAL" "$x/tag=$tag\\x00more: $uuid" \
	"$tag\\000more" "$x/tag"
ok "a tag of zeroes is refused" not "$EINVAL" "$x/tag=$zero: $uuid" "$zero" "$x/tag"
ok "live without a tag is refused" not "$EINVAL" \
	"$x/live=1: a backend needs a tag: write a UUID to tag first" 1 "$x/live"
put "$tag" "$x/tag"
ok "live without a size is refused" not "$EINVAL" \
	"$x/live=1: a backend needs a size: write the size of its extent first" 1 "$x/live"
possible="must be a multiple of the block size 0x200000 and at most a DC region's 0x40000000"
put 3M "$x/size"
ok "live with a size that is no multiple of the block size is refused" not "$ERANGE" \
	"$x/live=1: size 0x300000: $possible" 1 "$x/live"
put 2G "$x/size"
ok "live with a size larger than a DC region is refused" \
	not "$ERANGE" "$x/live=1: size 0x80000000: $possible" 1 "$x/live"
put 256M "$x/size"
put reserved "$x/kind"
ok "kind=reserved on a device without reserved memory is refused" not "$EMEDIUM" \
	"$x/live=1: kind must be phantom: the device's window is not reserved memory; for reserved boot with $(boot_with 1 0x100000000), and make the device with dc_backing=none and window_base=0x100000000" \
	1 "$x/live"
attach()
{
	put 256M "$x/size" && put phantom "$x/kind" && value "$tag" "$x/tag" &&
		value 268435456 "$x/size" && put 1 "$x/live" && value 1 "$x/live" &&
		value free "$x/state"
}
ok "a backend with a tag and a size is attached" attach
put "$tag" "$y/tag"
put 512M "$y/size"
ok "another backend with the same tag is refused" not "$EEXIST" \
	"$y/live=1: the tag is used by another backend or an extent of the device" 1 "$y/live"
live_backend()
{
	for text in 0x1 01 offline 00 10abc; do
		! put "$text" "$x/live" >/tmp/error || { echo "'$text' was accepted"; return 1; }
		grep -q "$EINVAL" /tmp/error || return 1
	done
	value 1 "$x/live"
}
ok "only 0 detaches a backend" live_backend
readonly_backend()
{
	for attr in tag size kind; do
		not "$EBUSY" \
			"$x/$attr: read-only while the backend is live: write 0 to live first" \
			"$(cat "$root/$x/$attr")" "$x/$attr" || return 1
	done
}
ok "a backend is read-only while it is live" readonly_backend
ok "an extent of another size than its backend is refused" refused "$EINVAL" \
	"cxl_mock_dcd $dc: dc_inject_extent: 0x0:0x20000000:$tag:0: the backend of this tag needs one extent of 0x10000000 bytes" \
	inject 0x3001 dc_inject_extent "0x0:0x20000000:$tag:0"
form="must be <dpa>:<length>:<tag>:<more>[:<sequence>], such as 0x0:0x10000000::0"
ok "an offer whose More is a word is refused" refused "$EINVAL" \
	"cxl_mock_dcd $dc: dc_inject_extent: '0x0:0x10000000:$tag:yes': $form" \
	inject 0x3001 dc_inject_extent "0x0:0x10000000:$tag:yes"
inject_bytes()
{
	# shellcheck disable=SC2059 # a format
	env printf "$1" | inject_input 0x3001 dc_inject_extent
}
ok "an offer followed by a NUL and text is refused" refused "$EINVAL" \
	"cxl_mock_dcd $dc: dc_inject_extent: '0x0:0x10000000:$tag:0\\x00:1': $form" \
	inject_bytes "0x0:0x10000000:$tag:0\\000:1"
ok "a release followed by white space is refused" refused "$EINVAL" \
	"cxl_mock_dcd $dc: dc_del_extent: '0x0:0x10000000: ': must be <dpa>:<length>:<tag>, such as 0x0:0x10000000:" \
	inject 0x3001 dc_del_extent "0x0:0x10000000: "
offered()
{
	inject 0x3001 dc_inject_extent "$add" && value offered "$x/state"
}
ok "an extent of its size and tag is offered" offered
ok "a second extent of the same backend is refused" refused "No space left on device" \
	"cxl_mock_dcd $dc: dc_inject_extent: 0x20000000:0x10000000:$tag:0: the backend of this tag is in use: release its extent first" \
	inject 0x3001 dc_inject_extent "0x20000000:0x10000000:$tag:0"
ok "it cannot be detached" not "$EBUSY" \
	"$x/live=0: an extent uses it (offered): release the extent first" 0 "$x/live"
rmdir_backend()
{
	! rmdir "$root/$x" 2>/tmp/error && grep -q "$EBUSY" /tmp/error && value offered "$x/state"
}
ok "a backend in use cannot be removed" rmdir_backend
others()
{
	put "$tag2" "$y/tag" && put 1 "$y/live" && ! rmdir "$root/$y" 2>/dev/null &&
		put 0 "$y/live" && put 1 "$y/live"
}
ok "another backend can be attached and detached" others
device_goes()
{
	put 0 a/live && value 0 "$x/live" && value free "$x/state" && value 0 "$y/live"
}
ok "removal of the device detaches its backends" device_goes
not_empty()
{
	! rmdir "$root/a" 2>/tmp/error && grep -q "$ENOTEMPTY" /tmp/error
}
ok "its directory stays while it has backends" not_empty
offered_again()
{
	put 1 a/live && wait_for 20 any_memdev 0x3001 && put 1 "$x/live" &&
		inject 0x3001 dc_inject_extent "$add" && put 0 a/live
}
ok "device and backend can be made again" offered_again
ok "backends and device are removed" rmdir "$root/$x" "$root/$y" "$root/a"
ok "the module is unloaded" rmmod cxl_mock_dcd
ok "the module leaves nothing behind" equal "$(listing)" "$before_all"

finish
