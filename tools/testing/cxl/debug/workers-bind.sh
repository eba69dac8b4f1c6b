# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # shared with lib.sh and with workers.sh
# The workers of stress.sh that take devices from their drivers, and how they take turns
# with others that the stock kernel does not stand at once. Sourced after workers.sh.

# turn: who takes away what all others need waits for its turn, and then until
# they got somewhere, three times of four. Else no region would live long enough
# to have an extent, the less so the slower the machine is.
turn()
{
	until mkdir "$state/turn"; do
		[ ! -e "$state/stop" ] || return 0
		usleep 200000
	done
	roll 4
	[ "$n" = 0 ] || progress 30
	rmdir "$state/turn"
}

# bind DEVICE DRIVER: where allocations fail, it would seldom be there for long if
# this was tried once
bind()
{
	for _ in 1 2 3; do
		[ -e "$1/driver" ] || put "${1##*/}" "$2/bind"
	done
}

# rebind DRIVER DEVICE...: takes one from its driver and gives it back
rebind()
{
	driver=$1
	shift
	pick "$@" || return 0
	put "${picked##*/}" "$driver/unbind"
	roll 4
	[ "$n" = 0 ] || usleep $((n * 20000))
	bind "$picked" "$driver"
}

# The stock core looks up the dport of a memory device that it probes, and then uses
# it without a lock: if the port goes meanwhile, that is freed memory. So who takes a
# port away keeps out who probes, by a lock on what descriptor 9 is open to.

# probing COMMAND...: which probes memory devices
probing()
{
	# else those who share the lock would never leave it to who does not
	while [ -e "$state/alone" ]; do
		usleep 100000
	done
	flock -s 9
	"$@"
	flock -u 9
}

# The work that the core does later, on ports and on memory devices.
core_work()
{
	echo 1 >/sys/bus/cxl/flush
}

# alone COMMAND...: which takes a port from its driver, with no work of the core
# before it or left after it
alone()
{
	until mkdir "$state/alone"; do
		[ ! -e "$state/stop" ] || return 0
		usleep 200000
	done
	flock 9
	core_work
	"$@"
	core_work
	flock -u 9
	rmdir "$state/alone"
}

worker_bind_memdev()
{
	turn
	probing rebind /sys/bus/cxl/drivers/cxl_mem "$devices"/mem*
}

# none_below PORT: no memory device below it has its driver, or is about to
none_below()
{
	bridge=$(realpath "$1/uport") || return 0
	for mem in "$devices"/mem*; do
		case $(realpath "$mem") in
		"$bridge"/*) [ ! -e "$mem/driver" ] || return 1 ;;
		esac
	done
}

# An endpoint takes the driver of its memory device with it, by work that the core
# does later. The stock core has a reference for it and loses that, with the memory
# device and its parent, if the endpoint comes and goes once more before the work.
lose_endpoint()
{
	pick "$devices"/endpoint* || return 0
	mem=$(realpath "$picked/uport") || return 0
	alone put "${picked##*/}" /sys/bus/cxl/drivers/cxl_port/unbind
	probing bind "$devices/${mem##*/}" /sys/bus/cxl/drivers/cxl_mem
}

# The core itself probes again, later, what has lost its port: the port gets its
# driver back when nobody can have a dport of before.
worker_bind_port()
{
	turn
	lose_endpoint
	pick "$devices"/port* || return 0
	port=$picked
	alone put "${port##*/}" /sys/bus/cxl/drivers/cxl_port/unbind
	wait_for 10 none_below "$port" || return 0
	bind "$port" /sys/bus/cxl/drivers/cxl_port
}

worker_bind_mock()
{
	turn
	probing rebind "$platform/cxl_mock_dcd" \
		/sys/devices/platform/cxl_mock_dcd_bridge.*/cxl_mock_dcd_port.*/cxl_mock_dcd.*
	alone rebind "$platform/cxl_mock_dcd_root" \
		/sys/devices/platform/cxl_mock_dcd /sys/devices/platform/cxl_mock_dcd-*
}
