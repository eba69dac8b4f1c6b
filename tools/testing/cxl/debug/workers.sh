# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # shared with lib.sh and with stress.sh
# What stress.sh does at once: each worker_NAME() is one round of a process of its
# own, with a random number from roll(). A worker for more is a function more, and
# its name in "workers". To start a program takes a second while all are at work on a
# slow kernel: where the shell can do it, it does. Those that take devices from their
# drivers are in workers-bind.sh. Sourced after lib.sh.

# where stress.sh keeps "stop", and each worker what it has done
state=/run/stress
configfs=/sys/kernel/config/cxl_mock_dcd
debugfs=/sys/kernel/debug/cxl_mock_dcd
platform=/sys/bus/platform/drivers
# has the DAX devices with memory behind them
device_dax=/sys/bus/dax/drivers/device_dax
# who uses memory, and who makes it
users="dax fault pin device_c"
workers="$users offer many release region claim bind_memdev bind_port bind_mock device_a device_b
	backend_a backend_b fm unload read"
# 512M or more
find_reserved
TAG=6ba7b810-9dad-11d1-80b4-00c04fd430c

# roll NUMBER: sets n to 0 ... NUMBER - 1
roll()
{
	seed=$(((seed * 1103515245 + 12345) & 0x7fffffff))
	n=$((seed / 65536 % $1))
}

# value FILE: sets value to what is in it, or to nothing
value()
{
	value=
	[ ! -e "$1" ] || read -r value <"$1"
}

# pick WORD...: sets picked to one of them, or to nothing
pick()
{
	picked=
	[ $# -gt 0 ] || return 1
	roll $#
	shift "$n"
	picked=$1
	[ -e "$picked" ]
}

# put TEXT FILE: what is refused is counted, and no matter
put()
{
	if [ -e "$2" ] && echo "$1" >"$2"; then
		worked=$((worked + 1))
	else
		refused=$((refused + 1))
	fi
}

did()
{
	if "$@"; then
		worked=$((worked + 1))
	else
		refused=$((refused + 1))
	fi
}

# An extent: in 32 places of 8 MiB in one of two DC regions of 2 GiB, seldom one
# of 128 MiB, which can become memory of the kernel's own.
extent()
{
	roll 72
	if [ "$n" -ge 64 ]; then
		extent=0x8000000:0x8000000
		return
	fi
	extent=$((n % 32 * 0x800000 + (n & 32) * 0x4000000))
	roll 4
	extent=$(printf '%#x:%#x' "$extent" $(((n + 1) * 0x200000)))
}

worker_offer()
{
	pick "$platform"/cxl_mock_dcd/cxl_mock_dcd.* || return 0
	extent
	roll 8
	case $n in
	0) put "$extent:$TAG$n:1" "$picked/dc_inject_extent" ;;
	1) put "$extent:$TAG$n:0:1" "$picked/dc_inject_shared_extent" ;;
	2 | 3) put "$extent:$TAG$n:0" "$picked/dc_inject_extent" ;;
	*) put "$extent::0" "$picked/dc_inject_extent" ;;
	esac
}

# 800 extents in a row, side by side, in chains that are as long as the host takes them.
worker_many()
{
	pick "$platform"/cxl_mock_dcd/cxl_mock_dcd.* || return 0
	roll 8
	place=$((n * 100))
	for _ in 1 2 3 4 5 6 7 8; do
		link=0
		while [ "$link" -lt 100 ] && [ ! -e "$state/stop" ]; do
			extent=$((place % 1000 * 0x200000))
			put "$extent:0x200000::$((link < 99))" "$picked/dc_inject_extent"
			link=$((link + 1))
			place=$((place + 1))
		done
	done
	progress 10
}

# given PART: what all devices have given, or as much of each as PART says. A word
# each: the device, DPA, length and tag.
given()
{
	awk -v null=00000000-0000-0000-0000-000000000000 -v part="$1" '
		FNR == 1 { parts = split(FILENAME, path, "/") }
		$6 == "accepted" {
			print path[parts - 1] ":" $1 ":" (part ? part : $2) ":" ($3 == null ? "" : $3)
		}' "$debugfs"/*/extents
}

# Mostly something that is there, if there is, else anything.
worker_release()
{
	pick "$platform"/cxl_mock_dcd/cxl_mock_dcd.* || return 0
	device=${picked##*/}
	extent
	roll 8
	tag=
	[ "$n" -ge 4 ] || tag=$TAG$n
	extent=$extent:$tag
	part=
	[ $((n % 4)) != 0 ] || part=0x200000
	roll 4
	# shellcheck disable=SC2046 # words
	[ "$n" = 0 ] || pick $(given "$part") || :
	case $picked in
	*:*)
		device=${picked%%:*}
		extent=${picked#*:}
		;;
	esac
	roll 3
	[ "$n" = 0 ] || put "$extent" "$platform/cxl_mock_dcd/$device/dc_del_extent"
	[ "$n" = 1 ] || put "$extent" "$platform/cxl_mock_dcd/$device/dc_force_del_extent"
}

# find_endpoint: sets endpoint to that of the device below the root decoder $root:
# a memory device is in a device, which is in a root port, in a bridge
find_endpoint()
{
	value "$root/target_list"
	bridge=$(cd -P "${root%/*}/dport$value" && pwd) || return 1
	for endpoint in "$devices"/endpoint*; do
		[ "$(cd -P "$endpoint/uport/../../.." && pwd)" != "$bridge" ] || return 0
	done
	return 1
}

# new_region PATTERN [SIZE]: over the next capacity below a platform device with such a
# name, as cxl does it, but quicker; sets endpoint and decoder
new_region()
{
	# shellcheck disable=SC2086 # a pattern
	pick /sys/devices/platform/$1/root*/decoder*.* || return 1
	root=$picked
	find_endpoint || return 1
	for decoder in "$endpoint"/decoder*.*; do
		value "$decoder/dpa_size"
		[ "$((value))" != 0 ] || break
	done
	value "$root/create_ram_region"
	region=$value
	[ -n "$region" ] || return 1
	roll 4
	size=${2:-$(((n + 1) << 28))}
	put "$region" "$root/create_ram_region"
	put 256 "$devices/$region/interleave_granularity"
	put 1 "$devices/$region/interleave_ways"
	put ram "$decoder/mode"
	put "$size" "$decoder/dpa_size"
	put "$size" "$devices/$region/size"
	put "${decoder##*/}" "$devices/$region/target0"
	put 1 "$devices/$region/commit"
	put "$region" /sys/bus/cxl/drivers/cxl_region/bind
}

# the root decoder that a region is in can remove it
delete_region()
{
	put "${1##*/}" "$1/../delete_region"
}

# free_capacity: of decoders without a region; only the last one of an endpoint can
free_capacity()
{
	for endpoint in "$devices"/endpoint*; do
		for decoder in 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0; do
			decoder=$endpoint/decoder${endpoint##*endpoint}.$decoder
			value "$decoder/dpa_size"
			[ "$((value))" != 0 ] || continue
			value "$decoder/region"
			[ -n "$value" ] || put 0 "$decoder/dpa_size"
		done
	done
}

worker_region()
{
	new_region 'cxl_mock_dcd*' || :
	roll 2
	[ "$n" = 0 ] || return 0
	progress 10
	pick "$devices"/region* || return 0
	delete_region "$picked"
	free_capacity
}

# Who takes a DAX device from device_dax while a page of it is pinned crashes the stock
# kernel. So nobody does that by hand while a page is: by a lock on descriptor 8.
unpinned()
{
	flock -s 8
	"$@"
	flock -u 8
}

to_kmem_and_back()
{
	# memory of the kernel's own, not online
	put "$1" "$drivers/device_dax/unbind"
	put "$1" "$drivers/kmem/new_id"
	put "$1" "$drivers/kmem/bind"
	put "$1" "$drivers/kmem/unbind"
	put "$1" "$drivers/kmem/remove_id"
	put "$1" "$drivers/device_dax/bind"
}

pin_page()
{
	usleep "$2" | daxmem "$1" pin 0 2M
}

# A page is pinned for up to a second, whatever happens to its region meanwhile.
worker_pin()
{
	pick "$device_dax"/dax* || { usleep 20000; return 0; }
	flock 8
	roll 10
	did pin_page "/dev/${picked##*/}" $((n * 100000))
	flock -u 8
	usleep 200000
}

# Faults all the time: who maps it notices nothing but force.
worker_fault()
{
	pick "$device_dax"/dax* || { usleep 20000; return 0; }
	did timeout 20 daxmem "/dev/${picked##*/}" fault 0 2M 1
}

# What user space does to DAX devices while extents come and go.
worker_dax()
{
	pick /sys/bus/dax/devices/dax* || { usleep 20000; return 0; }
	dax=${picked##*/}
	drivers=/sys/bus/dax/drivers
	roll 4
	case $n in
	0) unpinned rebind "$drivers/device_dax" "$picked" ;;
	1) unpinned to_kmem_and_back "$dax" ;;
	*) did timeout 5 daxmem "/dev/$dax" write 0 2M 1 ;;
	esac
}

# claim REGION DAX: what has the tag of some extent, or what has none
claim()
{
	value=0
	roll 2
	[ "$n" = 0 ] || ! pick "$1"/extent*/uuid || value "$picked"
	put "${value:-0}" "$2/uuid"
}

disable()
{
	echo "$1" >"$device_dax/unbind"
}

# A user claims, and gives back what he has, or what has become a DAX device by itself.
# Only that counts. Now and then what comes meanwhile is left to users.
worker_claim()
{
	parameter=/sys/module/cxl_dcd/parameters/claim
	roll 4
	[ "$n" != 0 ] || echo user >"$parameter"
	pick /sys/bus/dax/devices/dax*/size && put 0 "$picked"
	if pick "$devices"/dax_region*/dax_region/create && echo 1 >"$picked"; then
		region=${picked%/dax_region/create}
		value "$region/dax_region/seed"
		dax=${value:-none}
		claim "$region" "/sys/bus/dax/devices/$dax"
		echo auto >"$parameter"
		echo "$dax" >"$device_dax/bind"
		usleep 500000
		unpinned disable "$dax"
		put 0 "/sys/bus/dax/devices/$dax/size"
		echo "$dax" >"$region/dax_region/delete"
	fi
	echo auto >"$parameter"
	usleep 500000
}

# let_be SECONDS: up to so long, in which what takes some steps can be done before
# all is taken away again
let_be()
{
	roll $(($1 * 10))
	usleep $((n * 100000))
}

# progress SECONDS [WORKER]: waits until a DAX device has been used, by that worker, for
# so long at the most
progress()
{
	user=$state/${2:-dax}
	read -r _ used _ <"$user"
	before=$used
	uptime_now
	progress_second=$((now + $1))
	while [ "$used" = "$before" ] && [ ! -e "$state/stop" ] &&
		[ "$now" -lt "$progress_second" ]; do
		usleep 200000
		read -r _ used _ <"$user" || used=$before
		uptime_now
	done
}

# device NAME BACKING COMMAND ATTRIBUTE=VALUE...: runs the command while it is there
device()
{
	dir=$configfs/$1
	did mkdir "$dir"
	put "$2" "$dir/dc_backing"
	meanwhile=$3
	shift 3
	for setting; do
		put "${setting#*=}" "$dir/${setting%%=*}"
	done
	probing put 1 "$dir/live"
	$meanwhile
	put 0 "$dir/live"
	did rmdir "$dir"
}

worker_device_a()
{
	device a none "let_be 8" dc_total_size=4G num_dc_regions=2 sharable=2
}

worker_device_b()
{
	device b phantom "let_be 8" dc_total_size=16T num_dc_regions=8 max_extents=64 max_tags=8
}

any_memory()
{
	pick "$device_dax"/dax*
}

# The only memory that a program can use is that of device c. A region and an extent
# come with it, else there would seldom be any to use; and again if others took them
# before they were a DAX device with its driver.
be_used()
{
	for _ in 1 2 3 4 5; do
		[ ! -e "$state/stop" ] || return 0
		if new_region cxl_mock_dcd-c 134217728; then
			value "$decoder/dpa_resource"
			put "$value:0x800000::0" "$endpoint/uport/../dc_inject_extent"
			wait_for 10 any_memory && break
		fi
		usleep 1000000
	done
	for worker in dax fault pin; do
		progress 20 "$worker"
	done
}

worker_device_c()
{
	device c reserved be_used dc_total_size=512M window_base="$reserved_at"
}

# backend DEVICE: attached to it, with an extent that uses it, and detached
backend()
{
	roll 4
	dir=$configfs/$1/backends/$n
	tag=$TAG$n
	did mkdir "$dir"
	put "$tag" "$dir/tag"
	put 8M "$dir/size"
	put phantom "$dir/kind"
	put 1 "$dir/live"
	if pick "$platform"/cxl_mock_dcd/cxl_mock_dcd.*; then
		put "0x40000000:0x800000:$tag:0" "$picked/dc_inject_extent"
		put "0x40000000:0x800000:$tag" "$picked/dc_force_del_extent"
	fi
	put 0 "$dir/live"
	did rmdir "$dir"
}

worker_backend_a()
{
	backend a
}

worker_backend_b()
{
	backend b
}

# A request of the FM, with a payload where the command has one.
worker_fm()
{
	pick /dev/cxl/fm* || return 0
	roll 256
	byte=$(printf %02x "$n")
	zeros=0000000000000000
	roll 11
	opcode=560$n
	case $n in
	0) payload= ;;
	1 | 3) payload=00000200 ;;
	2) payload=01000000000020000000000000000000 ;;
	4 | 5) # 8 MiB anywhere, with a tag
		payload=000000000000800000000000$byte${zeros}00000000000000${zeros%????????} ;;
	6 | 7) payload=$byte${zeros}00000000000000 ;;
	8) payload=0000000020000000 ;;
	9) # Get Event Records
		opcode=0100
		payload=04 ;;
	*) # Clear Event Records: all
		opcode=0101
		payload=040100000000 ;;
	esac
	did fmcmd "$picked" "$opcode" "$payload"
}

# Succeeds where nothing holds a module just then; it must come back.
worker_unload()
{
	turn
	for module in $ours; do
		did rmmod "$module"
	done
	probing did load
}

# A cxl that was ended leaves its instance of the trace behind, with a buffer for each CPU.
drop_traces()
{
	for instance in "$tracing"/instances/*/; do
		[ "$instance" = "$tracing/instances/lost/" ] || rmdir "$instance"
	done
}

# Some of what there is to read; all of it takes minutes.
worker_read()
{
	roll 6
	case $n in
	0) set -- "$debugfs" ;;
	1) set -- "$configfs" /sys/module/cxl_dcd /sys/module/cxl_mock_dcd /sys/module/cxl_redirect ;;
	2) pick /sys/devices/platform/cxl_mock_dcd*; set -- "$picked" ;;
	3) pick /sys/devices/platform/*/root*/*; set -- "$picked" ;;
	# libcxl may take minutes to walk a topology that changes meanwhile
	4) did timeout 30 cxl list -vvv; drop_traces; return ;;
	*) did timeout 30 daxctl list; did cat /proc/iomem; return ;;
	esac
	did find "$@" -type f -perm -0400 -exec cat {} +
}

# What has to be there for the workers.
load()
{
	for module in cxl_mem cxl_redirect cxl_dcd; do
		loaded "$module" || modprobe "$module" || return 1
	done
	loaded cxl_mock_dcd ||
		modprobe cxl_mock_dcd dc_total_size=4G num_dc_regions=2 dc_backing=phantom sharable=2
}
