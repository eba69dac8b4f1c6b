#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make check: runs all that tests, on every supported kernel that the archive
# has or on that of the series KERNEL, and closes with one line that counts the
# results. KERNELS=all adds a few tests on each other kernel of the archive, and a table.
set -eu -o pipefail
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

# shellcheck source=tools/testing/cxl/vm/lanes.sh
. "$(dirname "$0")/lanes.sh"

# Which releases have the packages tried: the oldest point release of each series. The
# newest has lanes of its own, so where it is another one it takes KERNELS=all.
packaged_releases() {
	local series
	for series in $wanted; do
		oldest_of "$series"
		[ "${KERNELS:-}" != all ] || release_of "$series"
	done | sort -uV
}

case ${KERNELS:-} in
"" | all) ;;
*) die "KERNELS=$KERNELS: must be all, which adds the other kernels of the archive" ;;
esac
[ "$ARCH" = "$NATIVE" ] ||
	die "ARCH=$ARCH: this machine's own kernels are checked; make check KERNELS=all has lanes of others"
"$VM/tree.sh"
wanted=$(wanted_series)
packaged=$(packaged_releases)
if [ -z "${KERNEL:-}" ]; then
	supported_series | grep -vxF "$wanted" | while read -r series; do
		progress "$series is skipped: the archive does not have it"
	done || true
fi

# what is persistent, and what the kernel is booted without, the last being what the
# tests use
reserved="${IS_PC:+memmap=64M!0x190000000} $(keep_aside 256M 0x180000000)"
reserved+=" $(keep_aside 1G 0x100000000)"
# that of cycles takes as long as all others together, those of QEMU's device, of slow
# memory and of many devices need another guest
tests=()
for test in tools/testing/selftests/cxl/test_*.sh; do
	[[ $test = */test_@(cycles|interleave|interop|qemu_dcdctl|tier).sh ]] || tests+=("${test##*/}")
done

# what cxl shows, with the newest that the archive has, too
newer=forky-tools
tool_tests=(test_media.sh test_poison.sh test_health.sh test_topology.sh test_interleave.sh)

rm -f "$BUILD"/log/*.ktap*
for series in $wanted; do
	lane "build-$series" once build prepare "$(release_of "$series")"
done
lane deb once deb "$VM/deb.sh"
lane "tree-$newer" once tree env CXL_DCD_TREE="$newer" "$VM/tree.sh"
wait
built=()
for series in $wanted; do
	! grep -q '^ok' "$BUILD/log/build-$series.ktap" || built+=("$series")
done
# what takes long first, so that what is short fills the gaps
for series in "${built[@]}"; do
	release=$(release_of "$series")
	lane "selftest-$series" "$VM/guest.sh" -n "selftest-$series" -t 2400 \
		-q "$hardware $one_cpu $WIDE_CPU" -m 5G -a "$reserved" \
		"$release" "./selftests.sh ${tests[*]}"
	lane "cycles-$series" "$VM/guest.sh" -n "cycles-$series" -t 1200 \
		-q "$one_cpu" -m 5G -a "$reserved" "$release" "./selftests.sh test_cycles.sh"
done
for series in ${IS_PC:+"${built[@]}"}; do
	lane "interop-$series" "$VM/guest.sh" -n "interop-$series" -t 600 -c \
		-q "$hardware $bare" "$(release_of "$series")" \
		"./selftests.sh test_interop.sh test_qemu_dcdctl.sh"
	lane "tier-$series" "$VM/guest.sh" -n "tier-$series" -t 600 -m 5G \
		-q "$one_cpu $(slow_node 0 3G 2G)" -a "$(keep_aside 2G 0x140000000)" \
		"$(release_of "$series")" "./selftests.sh test_tier.sh test_interleave.sh"
done
if [ ${#built[@]} -gt 0 ] && grep -q '^ok' "$BUILD/log/tree-$newer.ktap"; then
	lane "tools-${built[0]}" "$VM/tools.sh" "tools-${built[0]}" "$newer" \
		"$(release_of "${built[0]}")" "${tool_tests[@]}"
fi
# shellcheck disable=SC2086 # no release has spaces
! grep -q '^ok' "$BUILD/log/deb.ktap" || lane packages "$VM/packages.sh" $packaged
for series in "${built[@]}"; do
	lane "run-$series" "$VM/told.sh" "$series"
	[ -z "$IS_PC" ] || lane "shared-$series" once shared env KERNEL="$series" PREPARED=1 "$VM/shared.sh"
done
for series in $wanted; do
	lane "sparse-$series" once sparse in_tree make --no-print-directory sparse \
		KDIR="/usr/lib/modules/$(release_of "$series")/build"
done
lane unit in_tree make --no-print-directory -C tools/testing/cxl/unit
lane fuzz in_tree make --no-print-directory -C tools/testing/cxl/fuzz FUZZ_SECONDS=60
lane lint once lint lint
lane ktap "$VM/test-ktap.sh"
lane btf2h in_tree tools/testing/cxl/lint/test-btf2h.sh
if [ "${KERNELS:-}" = all ]; then
	# shellcheck source=tools/testing/cxl/vm/all-kernels.sh
	. "$VM/all-kernels.sh"
	all_kernels
fi
finish_lanes
