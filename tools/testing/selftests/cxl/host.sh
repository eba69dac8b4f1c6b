# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # shared with lib.sh and with tests
# What the tests of the host share: what it decides, by its trace events, and
# the DAX devices that it makes. Sourced after lib.sh.

trace=/sys/kernel/tracing/instances/cxl_dcd_test
TAG=11111111-2222-3333-4444-555555555555
TAG2=22222222-3333-4444-5555-666666666666

# watch: from here on
watch()
{
	[ -d /sys/kernel/tracing/instances ] || mount -t tracefs trace /sys/kernel/tracing
	mkdir -p "$trace"
	echo 1 >"$trace/events/cxl_dcd/enable"
	echo 1 >"$trace/events/cxl/cxl_dynamic_capacity/enable"
}

unwatch()
{
	echo 0 >"$trace/events/enable"
	rmdir "$trace"
}

# forget what has been seen
forget()
{
	echo >"$trace/trace"
}

# verdicts EVENT: of the verdict or release events seen, one a line
verdicts()
{
	sed -n "s/.*cxl_dcd_$1:.* verdict=//p" "$trace/trace"
}

# seen EVENT [NUMBER]: so many of them, or more
seen()
{
	[ "$(grep -c "cxl_dcd_$1:" "$trace/trace")" -ge "${2:-1}" ]
}

# said TEXT: in the kernel's log
said()
{
	log | grep -qF "$1"
}

# load_host_mock PARAMETER...: the mock, and where its files are
load_host_mock()
{
	load_mock "$@" || return 1
	mem=$(mock_memdev)
	dev=$(realpath "$devices/$mem/..")
	debug=/sys/kernel/debug/cxl_mock_dcd/$(basename "$dev")
}

# load_reserved_mock [PARAMETER=VALUE]...: all of the reserved memory is behind it
load_reserved_mock()
{
	load_host_mock dc_total_size="$reserved_size" dc_backing=reserved \
		window_base="$reserved_at" "$@"
}

need_kmem()
{
	{ modprobe device_dax && modprobe kmem; } 2>/dev/null ||
		skip_all "cannot load device_dax and kmem"
}

# keep_offline: what kmem gets the kernel does not put online by itself, else daxctl
# refuses; until online_as_before
policy=/sys/devices/system/memory/auto_online_blocks
keep_offline()
{
	was_policy=$(cat $policy)
	echo offline >$policy
}
online_as_before()
{
	echo "$was_policy" >$policy
}

# put ATTRIBUTE TEXT
put()
{
	echo "$2" >"$dev/$1"
}

# handled: the host is done with what the device told it. It clears a record
# when all that comes of it is there or gone.
handled()
{
	wait_for 10 log_empty
}

log_empty()
{
	! grep '^host ' "$debug/events"
}

# inject EXTENT: <dpa>:<length>:<tag>:<more>, and the host has answered
inject()
{
	forget
	put dc_inject_extent "$1" && handled && seen verdict
}

# states: of the device's extents, one a line: <dpa> <length> <state>
states()
{
	tail -n +2 "$debug/extents" | awk '{ print $1, $2, $NF }'
}

# daxes: the DAX devices of the mock, one a line
daxes()
{
	for dax in /sys/bus/dax/devices/dax*; do
		[ -e "$dax" ] && realpath "$dax" | grep -q /platform/cxl_mock_dcd && basename "$dax"
	done || :
}

# dax_of TAG: the DAX device of an allocation
dax_of()
{
	grep -lx "$1" /sys/bus/dax/devices/*/uuid 2>/dev/null | cut -d/ -f6 | grep .
}

gone()
{
	[ ! -e "/sys/bus/dax/devices/$1" ]
}

# offline_memory DAX: which the host waits for, to take the device away. It may be
# gone before daxctl looks at it again, which then says that it has failed.
offline_memory()
{
	daxctl offline-memory "$1" || :
	wait_for 10 gone "$1"
}

# has DPA [STATE]: the device has an extent there
has()
{
	tail -n +2 "$debug/extents" | grep -q "^$1 .*${2:-}\$"
}

# has_not DPA: it has none
has_not()
{
	! has "$1"
}

# release_extent EXTENT: <dpa>:<length>:<tag>, and the host has released it
release_extent()
{
	put dc_del_extent "$1" && wait_for 10 has_not "${1%%:*}"
}

driver_of()
{
	basename "$(readlink "/sys/bus/dax/devices/$1/driver")"
}
