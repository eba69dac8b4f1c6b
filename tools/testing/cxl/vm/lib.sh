# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the scripts of the VM runner share. Sourced; the caller has set -eu.

# else die in $(...) would not end the script
shopt -s inherit_errexit

VM=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
TOP=$(cd "$VM/../../../.." && pwd -P)
BUILD=$TOP/build
KERNEL_TABLE=$TOP/include/cxl/core/kernels
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/cxl-dcd
export CXL_DCD_START=${CXL_DCD_START:-$(date +%s)}

progress() {
	printf '[%4d s] %s\n' $(($(date +%s) - CXL_DCD_START)) "$*" >&2
}

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# shellcheck source=tools/testing/cxl/vm/arch.sh
. "$VM/arch.sh"

# uncommented FILE...: their lines without comments and empty ones
uncommented() {
	grep -hv -e '^#' -e '^$' "$@"
}

# Which tree: that of make check, the one of this name in the table "trees", run-SERIES,
# which has what make run and make shell need on that kernel, and nothing else, or
# cross-ARCH, which has the same for the kernels of an architecture that is not this machine's.
export CXL_DCD_TREE=${CXL_DCD_TREE:-}
[ "$ARCH" = "$NATIVE" ] || CXL_DCD_TREE=cross-$ARCH
TREE=$BUILD/tree${CXL_DCD_TREE:+-$CXL_DCD_TREE}

# tree_row NAME: its line in the table "trees"
tree_row() {
	uncommented "$VM/trees" | grep "^$1[[:space:]]"
}

# Where the tree with these packages, kernels and hooks is. The name changes
# with the recipe, so that a checkout never meets another one's tree.
tree_path() {
	local key
	key=$({
		cd "$VM" || exit
		case $CXL_DCD_TREE in
		"") cat packages.dcdctl packages.check tools.hook ;;
		run-*) cat packages.dcdctl ;;
		cross-*) cat packages.dcdctl guest.hook tools.hook ;;
		*) tree_row "$CXL_DCD_TREE" ;;
		esac
		echo "$ARCH" "$QEMU_PACKAGE" "$CROSS_PREFIX"
		cat packages packages.build "$KERNEL_TABLE" tree.sh kernels.hook sources.hook
	} | sha256sum)
	printf '%s/tree-%s%.16s\n' "$CACHE" "${CXL_DCD_TREE:+$CXL_DCD_TREE-}" "$key"
}

# tree_lock TREE: the file that whoever uses the tree has locked. Who makes another
# tree need not wait for them.
tree_lock() {
	printf '%s/lock-%s\n' "${1%/*}" "${1##*/}"
}

# supported_kernels: the series of this architecture, with the suite that has each
supported_kernels() {
	uncommented "$KERNEL_TABLE" | awk -v arch="$ARCH" '
		$3 ~ "(^|,)" arch "(,|$)" { print $1, $2 }'
}

supported_series() {
	supported_kernels | awk '{ print $1 }'
}

# die_unsupported SERIES
die_unsupported() {
	die "KERNEL=$1 is not supported on $ARCH: must be one of $(supported_series | xargs)"
}

# small_tree: chooses the tree of make run for the series KERNEL or the newest, unless that
# of make check is there
small_tree() {
	local series
	if [ -n "$CXL_DCD_TREE" ] || [ -e "$(tree_path)" ]; then
		return
	fi
	series=${KERNEL:-$(supported_series | sed -n 1p)}
	supported_series | grep -qxF "$series" || die_unsupported "$series"
	CXL_DCD_TREE=run-$series
	TREE=$BUILD/tree-$CXL_DCD_TREE
}

# release_of SERIES: the release that the tree has of it, or nothing
release_of() {
	awk -v series="$1" '$1 == series { print $2 }' "$TREE/kernels"
}

# oldest_of SERIES: the oldest point release that the archive had of it, which can be the
# newest
oldest_of() {
	awk -v series="$1" '$1 == series { print $2 }' "$TREE/point-releases"
}

# kernel_options CONFIGURATION: the options of a kernel that is built here: "debug", or one
# whose file has what differs from debug.config, where n takes an option out
kernel_options() {
	if [ "$1" = debug ]; then
		cat "$VM/debug.config"
	else
		awk -F= '
			FNR == NR { if (/^CONFIG/) ours[$1]; next }
			!($1 in ours)' "$VM/$1.config" "$VM/debug.config"
		grep '^CONFIG.*=' "$VM/$1.config" | grep -v '=n$'
	fi
}

# built_release SERIES CONFIGURATION: what the kernel that is built of it is called. The
# name changes with the recipe, so that checkouts with different ones can share the cache.
built_release() {
	local stock key
	stock=$(release_of "$1")
	key=$({
		kernel_options "$2"
		cat "$VM/debug-build.sh" - <<< "$stock"
	} | sha256sum)
	printf '%s-cxl-dcd-%s-%.8s\n' "${stock%%+*}" "$2" "$key"
}

# The series that the caller wants: KERNEL, else all that the tree has.
wanted_series() {
	if [ -z "${KERNEL:-}" ]; then
		awk '{ print $1 }' "$TREE/kernels"
	elif [ -n "$(release_of "$KERNEL")" ]; then
		echo "$KERNEL"
	elif supported_series | grep -qxF "$KERNEL"; then
		die "the archive had no $KERNEL kernel; 'make run REFRESH=1' looks again"
	else
		die_unsupported "$KERNEL"
	fi
}

in_tree() {
	"$VM/in-tree.sh" "$@"
}

# pack_directory DIR: writes DIR to stdout as an archive for an initramfs
pack_directory() {
	# shellcheck disable=SC2016 # expands in the tree
	in_tree sh -c 'cd "$1" && find . | cpio --quiet -o -H newc -R 0:0' sh "$1"
}

# slow_node CPUS FAST SLOW: QEMU's arguments for so much memory in a NUMA node with
# these CPUs, and so much after it in one that has none
slow_node() {
	echo "-object memory-backend-ram,id=fast,size=$2 -object memory-backend-ram,id=slow,size=$3" \
		"-numa node,nodeid=0,memdev=fast,cpus=$1 -numa node,nodeid=1,memdev=slow" \
		"-numa dist,src=0,dst=1,val=20"
}

# newest_release: of the series that the caller wants
newest_release() {
	local series
	series=$(wanted_series)
	release_of "${series%%[[:space:]]*}"
}

# Where dcdctl and the selftests' programs are.
PROGRAMS=$BUILD
[ "$ARCH" = "$NATIVE" ] || PROGRAMS=$BUILD/$ARCH

# prepare RELEASE [n]: builds the modules for it without a warning, the selftests' too
# unless n is given, dcdctl and the selftests' programs, and packs them
prepare() {
	local log=$BUILD/log/build-$1
	progress "building the modules for $1"
	(
		flock 9
		in_tree make -C "$TOP" -j "$(nproc)" modules W=1 KCFLAGS=-Werror \
			CXL_DCD_TEST_MODULES="${2:-m}" KDIR="/usr/lib/modules/$1/build" \
			"${CROSS_KBUILD[@]}" > "$log" 2>&1 || {
			tail -n 20 "$log" >&2
			die "the modules do not build for $1, see build/log/build-$1"
		}
		in_tree make -C "$TOP/tools/testing/selftests/cxl" programs \
			OUTPUT="$PROGRAMS/selftests" "${CROSS_CC[@]}" >> "$log" 2>&1 || {
			tail -n 20 "$log" >&2
			die "the selftests' programs do not build, see build/log/build-$1"
		}
		# other trees have no libraries to build it with, but run the same
		[ ! -e "$TREE/usr/include/json-c" ] || in_tree make -C "$TOP/tools/cxl/dcdctl" \
			OUT="$PROGRAMS/dcdctl" "${CROSS_CC[@]}" >> "$log" 2>&1 || {
			tail -n 20 "$log" >&2
			die "dcdctl does not build, see build/log/build-$1"
		}
		"$VM/initramfs.sh" "$1"
	) 9> "$BUILD/lock"
}
