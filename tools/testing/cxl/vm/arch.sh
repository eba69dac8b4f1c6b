# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # for those who source this
# What depends on the architecture of the guests: ARCH, by Debian's name for it, or that of
# this machine. One that is not this machine's is emulated, and what runs in its guests is
# cross-built, in a tree of its own. Sourced by lib.sh.

NATIVE=$(dpkg --print-architecture)
export ARCH=${ARCH:-$NATIVE}

case $ARCH in
amd64)
	QEMU=(qemu-system-x86_64 -M q35)
	QEMU_PACKAGE=qemu-system-x86
	EMULATED_CPU=max
	# of 40 bits, which an emulated CPU has, one window of 16T would take all there is
	WIDE_CPU="-cpu max,phys-bits=46"
	CONSOLE=ttyS0
	CROSS_PREFIX=x86_64-linux-gnu-
	# tsc=reliable: the clock's watchdog sees an emulated CPU stall now and then, and
	# would say so in the log. no_timer_check: a kernel panics that waits for the first
	# interrupts of its timer on a CPU that gets no time.
	CLOCK="tsc=reliable no_timer_check"
	KBUILD_ARCH=x86_64
	# has QEMU's CXL devices, persistent memory by a kernel argument, and NUMA nodes at the
	# addresses that tests have
	IS_PC=yes
	;;
arm64)
	QEMU=(qemu-system-aarch64 -M "virt,gic-version=max")
	QEMU_PACKAGE=qemu-system-arm
	# the architecture's own way to sign pointers takes half of an emulated CPU's time
	EMULATED_CPU=max,pauth-impdef=on
	WIDE_CPU=
	CONSOLE=ttyAMA0
	CROSS_PREFIX=aarch64-linux-gnu-
	CLOCK=
	KBUILD_ARCH=arm64
	IS_PC=
	;;
*)
	die "ARCH=$ARCH: must be amd64 or arm64"
	;;
esac

# What make needs to build the modules, and programs, for the guests.
CROSS_KBUILD=()
CROSS_CC=()
if [ "$ARCH" != "$NATIVE" ]; then
	CROSS_KBUILD=(ARCH="$KBUILD_ARCH" CROSS_COMPILE="$CROSS_PREFIX")
	CROSS_CC=(CC="${CROSS_PREFIX}gcc")
fi

# keep_aside SIZE ADDRESS: the kernel argument that leaves so much memory there alone; of
# several the last is that of the lowest address
keep_aside() {
	case $ARCH in
	amd64) echo "memmap=$1\$$2" ;;
	# all from there on: this machine's memory begins at 1 GiB
	arm64) echo "mem=$((($2 >> 20) - 1024))M" ;;
	esac
}

# need_pc WHAT: ends where the guests are none
need_pc() {
	[ "$IS_PC" ] || die "$1 is for ARCH=amd64 alone"
}
