# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2153,SC2154 # lanes.sh, check.sh and arch.sh set them
# What make check KERNELS=all adds: on each kernel of the trees in the table "trees" a few
# selftests, and where QEMU is the backports' its DC device too; on one that is built with
# a CXL core that is a module; and on the kernels of other architectures. Sourced after
# lanes.sh.

# The lines of the table at the end: LANE, RELEASE and the suite that it comes from.
kernel_rows=()

# try_kernel TREE NAME RELEASE COMMAND [OPTION]...: a lane that builds for RELEASE in that
# tree and runs COMMAND in a guest of it, which gets the options of guest.sh
try_kernel() {
	local tree=$1 name=$2
	shift 2
	lane "$name" env CXL_DCD_TREE="$tree" "$VM/smoke.sh" "$name" "$@"
}

# other_kernels TREE SUITE PINNED: the lanes of its kernels, which are of SUITE
other_kernels() {
	local series release suite
	lane "tree-$1" once tree env CXL_DCD_TREE="$1" "$VM/tree.sh"
	wait
	grep -q '^ok' "$BUILD/log/tree-$1.ktap" || return 0
	while read -r series release; do
		# trixie's own are in its backports' tree, too, and have lanes of their own
		[ "$release" != "$(release_of "$series")" ] || continue
		suite=$2
		[[ $suite != trixie* ]] || suite=$(suite_of "$series")
		kernel_rows+=("smoke-$release $release ${suite:-$2}")
		try_kernel "$1" "smoke-$release" "$release" "./selftests.sh $smoke" \
			-q "$one_cpu" -m 5G -a "$(keep_aside 1G 0x100000000)"
		# where QEMU is the backports'; the cloud flavour cannot drive its device
		[[ $IS_PC && $3 = qemu && $release != *-cloud-* ]] || continue
		try_kernel "$1" "interop-$release" "$release" \
			"./selftests.sh test_interop.sh test_qemu_dcdctl.sh" -c -q "$hardware $bare"
	done < "$BUILD/tree-$1/kernels"
}

# modular_kernel SERIES: the lanes of a kernel of one's own, of that series, whose core is a
# module. What differs there has tests of its own: whether the core or libnvdimm asks for
# CPU caches, which sizes are compared, and redirects of functions in a module.
modular_kernel() {
	local release
	release=$(built_release "$1" modular)
	lane kernel-modular once "a kernel with CONFIG_CXL_BUS=m" "$VM/debug-kernel.sh" "$1" modular
	wait
	grep -q '^ok' "$BUILD/log/kernel-modular.ktap" || return 0
	kernel_rows+=("smoke-$release $release CXL_BUS=m")
	try_kernel "" "smoke-$release" "$release" \
		"./selftests.sh $smoke test_nvdimm.sh test_layout.sh test_redirect.sh" \
		-q "$one_cpu" -m 5G -a "memmap=64M!0x190000000 memmap=1G\$0x100000000"
}

# Selftests of what depends on the architecture: memory that the kernel was booted without,
# and CPU caches.
elsewhere="test_sizes.sh test_provider.sh test_reserved.sh test_memory.sh"

# other_architecture ARCH: the lanes of its kernels
other_architecture() {
	local series release
	lane "tree-cross-$1" once tree env ARCH="$1" "$VM/tree.sh"
	wait
	grep -q '^ok' "$BUILD/log/tree-cross-$1.ktap" || return 0
	while read -r series release; do
		kernel_rows+=("smoke-$release $release $(suite_of "$series")")
		lane "smoke-$release" env ARCH="$1" "$VM/smoke.sh" "smoke-$release" "$release" \
			"./selftests.sh $smoke $elsewhere" -q "$one_cpu" -m 5G \
			-a "$(ARCH=$1 keep_aside 1G 0x100000000)"
		wait
		lane "run-$release" once run env ARCH="$1" KERNEL="$series" PREPARED=1 "$VM/run.sh"
	done < "$BUILD/tree-cross-$1/kernels"
}

# The architectures of the supported kernels, but this machine's.
other_architectures() {
	uncommented "$KERNEL_TABLE" | awk '{ print $3 }' | tr , '\n' | sort -u | grep -vxF "$ARCH"
}

all_kernels() {
	local tree suite pinned series arch
	for series in $wanted; do
		kernel_rows+=("selftest-$series $(release_of "$series") $(suite_of "$series")")
	done
	kernel_rows+=("packages ${packaged//$'\n'/,} packages")
	while read -r tree _ suite _ pinned _; do
		[ "$suite" != - ] || continue
		other_kernels "$tree" "$suite" "$pinned"
	done < <(uncommented "$VM/trees")
	# only of the newest series, and with the options of a PC, has it been tried
	series=$(supported_series | sed -n 1p)
	if [[ $IS_PC && " $(xargs <<< "$wanted") " = *" $series "* ]]; then
		modular_kernel "$series"
	fi
	for arch in $(other_architectures); do
		other_architecture "$arch"
	done
}

# suite_of SERIES: where a supported one is from
suite_of() {
	uncommented "$KERNEL_TABLE" | awk -v series="$1" '$1 == series { print $2 }'
}

# kernel_table: what was tried, as the README has it
kernel_table() {
	local row lane releases suite p f s
	printf '\n| Kernel | From | Passed | Failed | Skipped |\n| --- | --- | --- | --- | --- |\n'
	for row in "${kernel_rows[@]}"; do
		read -r lane releases suite <<< "$row"
		[ -e "$BUILD/log/$lane.ktap.counts" ] || continue
		read -r p f s < "$BUILD/log/$lane.ktap.counts"
		echo "| ${releases//,/, } | $suite | $p | $f | $s |"
	done
	echo
}
at_end=kernel_table
