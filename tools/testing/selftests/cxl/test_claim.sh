#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Who gets an allocation as a DAX device: by itself, or by a claim of a user, with the
# attributes that the kernel's own host has.
# shellcheck disable=SC2030,SC2031 # region is that of the test, but while it storms
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./host.sh

begin 35
load_base
need_no_mock
need_reserved
need_kmem
parameter=/sys/module/cxl_dcd/parameters/claim
buses=/sys/bus/dax/devices
NULL_UUID=00000000-0000-0000-0000-000000000000
M128=$((128 << 20))

# refused FILE TEXT ERROR: nothing else is written to it, and nothing changes
refused()
{
	! echo "$2" | dd of="$1" 2>/tmp/error && cat /tmp/error && grep -q "$3" /tmp/error
}
EBUSY="resource busy"
EINVAL="Invalid argument"
ENOENT="No such file"
EOPNOTSUPP="not supported"
ENXIO="No such device or address"
ENOSPC="No space left"

# of_region ATTRIBUTE
of_region()
{
	cat "$devices/dax_$region/dax_region/$1"
}

available()
{
	equal "$(of_region available_size)" "$1"
}

# shows DAX UUID SIZE
shows()
{
	equal "$(cat "$buses/$1/uuid") $(cat "$buses/$1/size")" "$2 $3"
}

# claim TAG: a new DAX device has it: sets dax. As daxctl create-device --uuid does it
# but for the driver.
claim()
{
	echo 1 >"$devices/dax_$region/dax_region/create" && dax=$(of_region seed) &&
		[ "$dax" ] && echo "$1" >"$buses/$dax/uuid"
}

# numbers: of the extents of the region
numbers()
{
	for name in "$devices/dax_$region"/extent*; do
		[ ! -e "$name" ] || echo "${name##*.}"
	done | sort | xargs
}

is_bound()
{
	equal "$(driver_of "$1")" device_dax
}

watch
ok "allocations become DAX devices by themselves, unless told otherwise" \
	equal "$(cat $parameter)" auto
ok "another value of claim is refused" refused $parameter both "$EINVAL"
ok "the log says which values claim has" said "claim=both: must be auto or user"

# shellcheck disable=SC2119
load_reserved_mock
region=$(create_region "$reserved_size")
by_itself()
{
	equal "$(daxes)" "" && available 0 && equal "$(of_region seed)$(of_region create)" "" &&
		inject "0:$M128:$TAG:0" && shows dax0.0 "$TAG" "$M128" && is_bound dax0.0 &&
		available 0
}
ok "auto: an allocation becomes a DAX device, and there is none before" by_itself
ok "an allocation with a DAX device cannot be claimed" refused $buses/dax0.0/uuid $TAG "$EBUSY"
ok "the capacity of a DAX device with a driver cannot be given up" \
	refused $buses/dax0.0/size 0 "$EBUSY"
ok "a DAX device cannot be resized" refused $buses/dax0.0/size $((64 << 20)) "$EOPNOTSUPP"
no_other_change()
{
	[ ! -e "$buses"/dax0.0/mapping ] &&
		refused "$buses"/dax0.0/align 4096 "Permission denied" &&
		shows dax0.0 "$TAG" "$M128"
}
ok "align and mapping cannot be changed" no_other_change
ok "a DAX device with capacity is not deleted" \
	refused "$devices/dax_$region/dax_region/delete" dax0.0 "$EBUSY"
ok "without unclaimed capacity no DAX device is created" \
	refused "$devices/dax_$region/dax_region/create" 1 "$ENOSPC"
given_back()
{
	daxctl disable-device dax0.0 && echo 0 >"$buses"/dax0.0/size &&
		shows dax0.0 "$NULL_UUID" 0 && available "$M128" && equal "$(numbers)" 1 &&
		[ ! -e "$buses"/dax0.0/extent0.1 ] &&
		[ ! -e "$devices/dax_$region/extent0.1/dax" ] && has 0x0 accepted
}
ok "auto: writing 0 to size gives up the claim, and the extents stay" given_back
ok "a DAX device without capacity cannot have a driver" fails daxctl enable-device dax0.0
ok "a DAX device cannot be created with a size" \
	refused "$devices/dax_$region/dax_region/create" $M128 "$EINVAL"
ok "a tag that is not there cannot be claimed" refused $buses/dax0.0/uuid $TAG2 "$ENOENT"
ok "without an untagged extent 0 claims nothing" refused $buses/dax0.0/uuid 0 "$ENOENT"
ok "a value that is no UUID is refused" refused $buses/dax0.0/uuid "${TAG}0" "$EINVAL"
again()
{
	available "$M128" && echo "$TAG" >"$buses"/dax0.0/uuid && shows dax0.0 "$TAG" "$M128" &&
		available 0 && [ -e "$devices/dax_$region/extent0.1/dax" ] &&
		daxctl enable-device dax0.0 && is_bound dax0.0
}
ok "auto: the allocation is claimed again by its tag, and can have a driver" again
destroyed()
{
	daxctl disable-device dax0.0 && daxctl destroy-device dax0.0 && gone dax0.0 &&
		available "$M128" && equal "$(numbers)" 1
}
ok "auto: packaged daxctl destroys it" destroyed
ok "the destroyed DAX device is gone" \
	refused "$devices/dax_$region/dax_region/delete" dax0.0 "$ENXIO"
ok "an unclaimed allocation is released at once" release_extent "0x0:$M128:$TAG"
ok "auto: so is an idle DAX device that was not claimed" \
	eval "inject 0:$M128:$TAG:0 && release_extent 0x0:$M128:$TAG && gone dax0.0"
ok "the region is destroyed" destroy_region "$region"

echo user >$parameter
region=$(create_region "$reserved_size")
from_the_start()
{
	equal "$(daxes)" dax0.0 && shows dax0.0 "$NULL_UUID" 0 && equal "$(of_region seed)" "" &&
		refused "$devices/dax_$region/dax_region/delete" dax0.0 "$EBUSY"
}
ok "user: a DAX device without capacity is there from the start, and stays" from_the_start
nothing_by_itself()
{
	inject "0:$M128:$TAG:1" || :
	inject "$((3 * M128)):$M128:$TAG:0" && inject "$M128:$M128::0" &&
		inject "$((2 * M128)):$M128::0" && equal "$(daxes)" dax0.0 &&
		equal "$(numbers)" "1 2 3 4" && available $((4 * M128))
}
ok "user: allocations do not become DAX devices by themselves" nothing_by_itself
first()
{
	echo "$TAG" >"$buses"/dax0.0/uuid && shows dax0.0 "$TAG" $((2 * M128)) &&
		available $((2 * M128)) && echo 0 >"$buses"/dax0.0/size &&
		available $((4 * M128)) && refused "$devices/dax_$region/dax_region/delete" \
		dax0.0 "$EBUSY"
}
ok "user: the seed can claim any allocation, and gives it up" first
seeds()
{
	echo 1 >"$devices/dax_$region/dax_region/create" &&
		equal "$(of_region seed) $(of_region create)" "dax0.1 dax0.1" &&
		claim "$TAG" && shows dax0.1 "$TAG" $((2 * M128)) &&
		equal "$(of_region seed) $(of_region create)" "dax0.2 dax0.2" &&
		echo dax0.2 >"$devices/dax_$region/dax_region/delete" && gone dax0.2 &&
		equal "$(of_region seed)$(of_region create)" "" && [ ! -e "$buses"/dax0.1/driver ]
}
ok "user: the seed is the oldest that has not been claimed with" seeds
one_each()
{
	claim 0 && [ -e "$buses/$dax/extent0.3" ] && available "$M128" &&
		claim 0 && shows "$dax" "$NULL_UUID" "$M128" && available 0 &&
		refused "$buses"/dax0.0/uuid 0 "$ENOENT"
}
ok "user: 0 claims one untagged extent, the oldest first" one_each
deferred()
{
	forget
	put dc_del_extent "0:$M128:$TAG" && handled && equal "$(verdicts release)" deferred &&
		said "dax0.1: release requested while claimed" && shows dax0.1 "$TAG" $((2 * M128))
}
ok "user: the release of a claimed allocation is deferred, though nobody maps it" deferred
ok "user: packaged daxctl destroys a claimed DAX device" daxctl destroy-device dax0.1
remembered()
{
	gone dax0.1 && has_not 0x0 && has_not 0x18000000 && equal "$(numbers)" "3 4"
}
ok "the deferred release is done without another request" remembered
forced()
{
	dax=$(basename "$(readlink "$devices/dax_$region/extent0.3/dax")")
	daxctl enable-device "$dax" && put dc_force_del_extent "$M128:$M128:" && handled &&
		shows "$dax" "$NULL_UUID" 0 && [ ! -e "$buses/$dax/driver" ] && equal "$(numbers)" 4
}
ok "user: a forced release takes the capacity, and the DAX device stays" forced
# nobody may meet the worker while it removes what he writes to
storm()
{
	while [ ! -e /tmp/calm ]; do
		for file in "$buses"/dax*/uuid "$buses"/dax*/size; do
			echo 0 >"$file" || :
		done
		echo 1 >"$devices/dax_$region/dax_region/create" || :
		for file in "$buses"/dax*; do
			echo "${file##*/}" >"$devices/dax_$region/dax_region/delete" || :
		done
	done 2>/dev/null
}
survives()
{
	rm -f /tmp/calm
	storm & one=$!
	storm & two=$!
	for how in auto user auto user; do
		echo "$how" >"$parameter"
		for dpa in 0 $M128 0 $M128; do
			put dc_inject_extent "$dpa:$M128::0" && handled &&
				put dc_force_del_extent "$dpa:$M128:" && handled || return 1
		done
		destroy_region "$region" && region=$(create_region "$reserved_size") || return 1
	done
	touch /tmp/calm
	wait "$one" && wait "$two" && destroy_region "$region"
}
ok "claims, releases and region removals do not deadlock" survives

echo user >$parameter
region=$(create_region "$reserved_size")
# bind DAX: until it is calm. It pauses: a binder that always waits for the device is the
# first to get it when a driver has gone, and nobody else ever finds it without one.
bind()
{
	while [ ! -e /tmp/calm ]; do
		echo "$1" >/sys/bus/dax/drivers/device_dax/bind || :
		usleep 1000
	done 2>/dev/null
}
# A DAX device that has just been let go has a driver until its probe has failed, and
# meanwhile the DAX bus takes nothing from it.
given_back_while_bound()
{
	insert cxl_dax_slow && inject "0:$M128:$TAG:0" && claim "$TAG" || return 1
	rm -f /tmp/calm
	bind "$dax" & one=$!
	given=0
	tries=0
	while [ "$given" -lt 20 ] && [ "$tries" -lt 2000 ]; do
		tries=$((tries + 1))
		echo "$dax" >/sys/bus/dax/drivers/device_dax/unbind || :
		echo 0 >"$buses/$dax/size" || continue
		echo "$TAG" >"$buses/$dax/uuid" || break
		given=$((given + 1))
	done 2>/dev/null
	touch /tmp/calm
	wait "$one"
	echo "in $tries tries:"
	rmmod cxl_dax_slow && equal "$given" 20 && shows "$dax" "$TAG" "$M128" &&
		no_complaints
}
meets="user: it is given back while somebody tries to bind a driver"
if modinfo cxl_dax_slow >/dev/null 2>&1 || [ -n "${CXL_DCD_MODULES:-}" ]; then
	ok "$meets" given_back_while_bound
else
	inject "0:$M128:$TAG:0"
	claim "$TAG"
	skip "$meets" "the test modules are missing"
fi
destroyed_with()
{
	shows "$dax" "$TAG" "$M128" && destroy_region "$region" && gone "$dax" && has_not 0x0
}
ok "the region is destroyed with its claimed DAX devices" destroyed_with
echo auto >$parameter
unwatch
unload_mock
ok "the modules can be unloaded" eval "rmmod cxl_dcd && rmmod cxl_redirect"

finish
