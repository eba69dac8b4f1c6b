#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test-btf2h.sh [CORE]: tests btf2h of the directory CORE, include/cxl/core, with
# build directories that are a real one but for one thing. Runs in the tree,
# which has a real one; its kernel need not run. Prints KTAP.
set -eu -o pipefail

core=$(readlink -f "${1:-$(dirname "$0")/../../../../include/cxl/core}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fake=$work/build
header=$work/out/generated.h
messages=$work/messages
number=0
failures=0

# without the comments of a table
table() {
	sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$core/$1"
}

# ok NAME COMMAND...
ok() {
	local name=$1
	shift
	number=$((number + 1))
	if "$@"; then
		echo "ok $number $name"
	else
		echo "not ok $number $name"
		sed 's/^/# btf2h said: /' "$messages"
		failures=$((failures + 1))
	fi
}

# shellcheck source=tools/testing/cxl/lint/fake-kernel.sh
. "$(dirname "$0")/fake-kernel.sh"

no_pahole() {
	refused 'pahole is missing: install it' PATH="$work/no-pahole"
}

# The hint is for the kernel that the directory is named for, and not for the one
# that runs; there is none where that is no kernel's.
no_build_directory() {
	local fake=$fake
	rm -r "$fake/include/config"
	refused "$fake is no kernel build directory: install the kernel's headers or name" \
		RUNNING=1.2.3-test || return 1
	rm -r "$fake"
	refused "$fake is no kernel build directory: install the kernel's headers or name" || return 1
	fake=$work/modules/3.2.1-test/build
	refused "$fake is no kernel build directory: .*apt-get install linux-headers-3.2.1-test)" \
		RUNNING=1.2.3-test || return 1
	fake=$work/linux-headers-4.3.2-test
	mkdir -p "$fake"
	refused "$fake is no kernel build directory: .*apt-get install linux-headers-4.3.2-test)" \
		RUNNING=1.2.3-test
}

odd_release() {
	echo unknown > "$fake/include/config/kernel.release"
	refused "odd kernel release 'unknown'" UNTRIED=1
}

# release RELEASE: what the fake says that it is
release() {
	echo "$1" > "$fake/include/config/kernel.release"
}

untried() {
	local series CORE=$work/core
	forms
	echo "function is_cxl_memdev -" > "$work/core/forms/1.0"
	release 7.99.0
	refused 'kernel 7\.99\.0 has not been tried (tried: .*UNTRIED=1' || return 1
	for series in $(table kernels | awk '{ print $1 }'); do
		refused "(tried: \(.* \)\?${series}[ )]" || return 1
	done
	refused 'has not been tried' UNTRIED=0 || return 1
	# a series is not tried because another one begins or ends like it
	for series in $(table kernels | awk '{ print $1 }'); do
		release "${series}9.1"
		refused "kernel ${series}9\.1 has not been tried" || return 1
		release "1$series.1"
		refused "kernel 1$series\.1 has not been tried" || return 1
		release ".${series#*.}.1"
		refused 'has not been tried' || return 1
		! table kernels | grep -q "^${series%?}[[:space:]]" || continue
		release "${series%?}.1"
		refused 'has not been tried\|odd kernel release' || return 1
	done
}

tried() {
	local series
	: > "$fake/Makefile"
	# far enough to be refused for something else
	for series in $(table kernels | awk '{ print $1 }'); do
		release "$series.0-test"
		refused 'leads to no include/cxl/event.h' || return 1
	done
}

# The core of synthetic(), in small, has the form of 7.3; what else is like it fits.
fits() {
	local CORE=$work/core
	synthetic FIELD SYMBOL && forms 7.3 || return 1
	grep -q '^function alloc_dax_region struct dax_region' "$work/core/forms/7.3" &&
		grep -qx 'function cxl_bus_rescan -' "$work/core/forms/7.3" || return 1
	release 7.99.0
	accepted && [ "$(wc -l < "$messages")" = 1 ] &&
		grep -q '^btf2h: note: kernel 7\.99\.0 has not been tried .* those of 7\.3$' \
			"$messages" && grep -qxF '/* like: 7.3 */' "$header"
}

# does_not_fit PATTERN DEFINE...: a core with these is refused, since it differs so; on
# request it is built for, after the same words
does_not_fit() {
	local pattern=$1 CORE=$work/core
	shift
	fresh
	synthetic FIELD SYMBOL && forms 7.3 || return 1
	synthetic "$@"
	release 7.99.0
	refused "kernel 7\.99\.0 has not been tried .* does not fit: $pattern; UNTRIED=1" || return 1
	accepted UNTRIED=1 && grep -q "^btf2h: note: .* does not fit: $pattern; building" "$messages" &&
		grep -q 'from the BTF of 7\.99\.0:' "$header" && grep -qxF '/* like: 7.3 */' "$header"
}

first_difference() {
	does_not_fit 'it lacks function alloc_dax_region' FIELD &&
		does_not_fit 'it lacks struct pending_add_ctx' SYMBOL &&
		does_not_fit 'its struct cxl_memdev_state is not that of 7\.3' FIELD SYMBOL WIDER &&
		does_not_fit "it has 'int cxl_dpa_setup(struct cxl_memdev_state \* mds);' where 7\.3 has 'int cxl_dpa_setup(.*info);'" \
			FIELD SYMBOL ONE_ARGUMENT &&
		does_not_fit 'it lacks enum cxl_decoder_state' FIELD SYMBOL NO_ENUM
}

# Of two forms it is told by the one that is nearer.
nearest() {
	local CORE=$work/core
	synthetic FIELD SYMBOL && forms 6.12 7.3 || return 1
	sed -i 's/^\(struct .*\) .*/\1 0/' "$work/core/forms/7.3"
	release 7.99.0
	accepted && grep -q 'those of 6\.12$' "$messages" && grep -qxF '/* like: 6.12 */' "$header"
}

only_looks() {
	rmdir "$work/out"
	look() {
		PATH=$work/tools "$core/btf2h" --check "$fake" > "$messages" 2>&1
	}
	look && [ ! -s "$messages" ] && [ ! -e "$work/out" ] || return 1
	sed -i '/^CONFIG_CXL_BUS=/d' "$fake/.config"
	! look && grep -q '^btf2h: .* lacks CONFIG_CXL_BUS (' "$messages"
}

# Each form is whole: a line for each function and type of the tables.
forms_are_whole() {
	local file
	for file in "$core"/forms/*; do
		diff <(grep -v '^#' "$file" | cut -d ' ' -f 1,2) <(
			table functions | sed 's/^/function /'
			table types | grep -v '^field ') > "$messages" || return 1
	done
	[ -e "$file" ]
}

no_vmlinux() {
	rm "$fake/vmlinux"
	refused "no BTF for $kernel: .*apt-get install linux-headers-$kernel)" || return 1
	# that of the running kernel would do; here it does not get that far
	[ ! -e /sys/kernel/btf/vmlinux ] ||
		refused '/sys/kernel/btf/vmlinux holds no CXL types' RUNNING="$kernel" \
			PATH="$work/no-types"
}

# Debian's name of a release need not be what the kernel's build calls it.
named_otherwise() {
	local fake=$fake other
	other=$work/linux-headers-$kernel-other
	rm -f "$fake/vmlinux"
	rm -rf "$other"
	cp -r "$fake" "$other"
	fake=$other
	refused "no BTF for $kernel: .*apt-get install linux-headers-$kernel-other)" || return 1
	[ ! -e /sys/kernel/btf/vmlinux ] ||
		refused '/sys/kernel/btf/vmlinux holds no CXL types' RUNNING="$kernel-other" \
			PATH="$work/no-types"
}

# generate: has make write the header for the fake into $out
generate() {
	env -u UNTRIED PATH="$work/tools" make -s -C "$core/../../.." generated \
		KDIR="$fake" OUT="$out" > "$messages" 2>&1
}

# What make has generated is good as long as what it came from is the same, whatever
# the dates say.
depends_on_content() {
	local out=$work/modules-out
	rm -rf "$out"
	: > "$work/had"
	generate || return 1
	local made=$out/include/cxl/core/generated.h
	touch -d '2001-01-01 UTC' "$made"
	# newer, and the same
	touch "$fake/.config" "$fake/Module.symvers"
	generate && [ "$(stat -c %Y "$made")" = 978307200 ] || return 1
	# older, and another
	sed -i '/^CONFIG_CXL_BUS=/d' "$fake/.config"
	touch -d '2000-01-01 UTC' "$fake/.config"
	! generate && grep -q 'lacks CONFIG_CXL_BUS' "$messages" || return 1
	# which is no reason to take it next time
	! generate
}

no_event_h() {
	mkdir -p "$work/half/include/cxl"
	echo "include $work/half/Makefile" > "$fake/Makefile"
	refused "$fake leads to no include/cxl/event.h: install"
}

# The header tree is the build directory itself, or where that leads.
header_tree() {
	local place
	for place in include source ../source; do
		fresh
		: > "$fake/Makefile"
		sed -i '/^CONFIG_CXL_BUS=/d' "$fake/.config"
		refused 'leads to no include/cxl/event.h' || return 1
		case $place in
		include) ln -s "$common/include/cxl" "$fake/include/cxl" ;;
		*) ln -s "$common" "$fake/$place" ;;
		esac
		# past it, up to the next rule
		refused 'lacks CONFIG_CXL_BUS' || return 1
		rm -f "$work/source"
	done
}

# core_at DIRECTORY: a core that is a module of the kernel which was built or installed there
core_at() {
	mkdir -p "$1/drivers/cxl/core"
	cp "${2:-/dev/null}" "$1/drivers/cxl/core/cxl_core.ko"
}

# requirements KIND: name and purpose of each of that kind
requirements() {
	table requirements | awk -v kind="$1" '$1 == kind {
		name = $2; sub(/^[^\t ]+[\t ]+[^\t ]+[\t ]+/, ""); print name "\t" $0 }'
}

# lacks KIND: without any one of that kind the kernel is refused
lacks() {
	local option other what nr=0
	while IFS=$'\t' read -r option what; do
		nr=$((nr + 1))
		fresh
		case $1 in
		symbol)
			for other in "_$option" "${option}_"; do
				sed "s/\t$option\t/\t$other\t/" "$real/Module.symvers" \
					> "$fake/Module.symvers"
				refused "kernel $kernel does not export $option ($what)" || return 1
			done
			;;
		config)
			sed -Ei "s/^CONFIG_($option)=.*/# CONFIG_\\1 is not set/" "$fake/.config"
			refused "kernel $kernel lacks CONFIG_$option ($what)" || return 1
			;;
		config=y)
			sed -Ei "s/^CONFIG_($option)=y/CONFIG_\\1=m/" "$fake/.config"
			refused "kernel $kernel lacks CONFIG_$option=y ($what)" || return 1
			sed -Ei "/^CONFIG_($option)=/d" "$fake/.config"
			refused "kernel $kernel lacks CONFIG_$option=y ($what)" || return 1
			;;
		esac
	done < <(requirements "$1")
	[ "$nr" -gt 0 ]
}

# An option that may be a module may be built in as well; up to the next rule.
module_or_built_in() {
	local state option
	: > "$fake/Module.symvers"
	core_at "$fake"
	for state in y m; do
		for option in $(requirements config | cut -f 1); do
			sed -i "s/^CONFIG_$option=.*/CONFIG_$option=$state/" "$fake/.config"
		done
		refused 'does not export' || return 1
	done
}

no_types() {
	refused 'vmlinux holds no CXL types$' PATH="$work/no-types"
}

# A header of an earlier run is still good for the kernel that it was made of.
refusal_keeps_header() {
	: > "$work/had"
	echo "an earlier header" > "$header"
	rm "$fake/vmlinux"
	! btf2h && [ "$(cat "$header")" = "an earlier header" ] || return 1
	ln -s "$real/vmlinux" "$fake/vmlinux"
	! btf2h PATH="$work/no-types" && [ "$(cat "$header")" = "an earlier header" ]
}

success() {
	rm -f "$work/early"
	rmdir "$work/out"
	accepted && [ ! -s "$messages" ] &&
		grep -q "^/\* Generated by btf2h from the BTF of $kernel: do not edit\. \*/$" "$header" &&
		grep -q '^struct cxl_port {$' "$header" && grep -q '^enum cxl_decoder_type {$' "$header"
}

never_half_written() {
	[ ! -e "$work/early" ]
}

# Against the sizes that pahole lists in another way.
sizes_asserted() {
	local sizes types
	types=$(sed -n 's/^struct \([a-z_]*\) {$/\1/p' "$header" | sort)
	sizes=$(sed -n 's/^assert_size(\([a-z_]*\), \([0-9]*\));$/\1 \2/p' "$header" | sort)
	[ -n "$types" ] && [ "$types" = "$(cut -d ' ' -f 1 <<< "$sizes")" ] &&
		[ -z "$(comm -13 <(pahole -F btf --sizes "$real/vmlinux" 2>/dev/null | awk '{ print $1, $2 }' |
			sort) <(echo "$sizes"))" ] &&
		grep -q '^#define assert_size(.*static_assert(sizeof(struct _type) == _size)$' "$header"
}

# What is compared at load: all of these but those whose names say nothing, of which there
# are none in the kernels that are tried.
sizes_listed() {
	local types
	types=$(sed -n 's/^struct \([a-z_]*\) {$/\1/p' "$header")
	[ "$types" = "$(sed -n 's/^#define CXL_CORE_PRIVATE_TYPES(_x)//p' "$header" |
		grep -o '[a-z_]*)' | tr -d ')')" ]
}

ambiguous_left_out() {
	synthetic FIELD SYMBOL TWICE && accepted &&
		grep -q '^assert_size(cxl_memdev_state, ' "$header" &&
		grep '^#define CXL_CORE_PRIVATE_TYPES' "$header" > "$messages" &&
		grep -q '_x(cxl_memdev_state)' "$messages" && ! grep -q '_x(cxl_notify_data)' "$messages"
}

# An optional function may be missing, and the header says whether it is.
optional() {
	local name what nr=0
	while IFS=$'\t' read -r name what; do
		nr=$((nr + 1))
		fresh
		grep -v "[[:space:]]${name}[[:space:]]" "$real/Module.symvers" > "$fake/Module.symvers"
		accepted && ! grep -q "CXL_CORE_EXPORTS_$name" "$header" || return 1
		printf '0x0\t%s\tvmlinux\tEXPORT_SYMBOL_GPL\t\n' "$name" >> "$fake/Module.symvers"
		accepted && grep -qx "#define CXL_CORE_EXPORTS_$name" "$header" || return 1
	done < <(requirements optional)
	[ "$nr" -gt 0 ]
}

public_left_out() {
	local types
	types=$(grep -Eo '^(struct|enum) [a-z_]+ \{$' "$header" | sort)
	[ -z "$(cat "$common"/include/cxl/*.h | grep -Eo '^(struct|enum) [a-z_]+ \{$' |
		sort -u | comm -12 - <(echo "$types"))" ]
}

prototypes_counted() {
	local expected
	expected=$(grep -Ev '^(#|/\*|struct [a-z_]*;$|\t|})' "$header" |
		sed -n 's/^[^(]*[ *]\([a-z_]*\)(\(.*\));$/\1 \2/p' | grep -v '^assert_size ' |
		awk '{ name = $1; $1 = ""; print name, $2 == "void" && NF == 2 ? 0 : gsub(",", "") + 1 }')
	[ -n "$expected" ] &&
		[ "$expected" = "$(sed -n 's/^#define CXL_CORE_ARGS_//p' "$header")" ]
}

unchanged_keeps_time() {
	: > "$work/had"
	touch -d '2001-01-01 UTC' "$header"
	accepted && [ "$(stat -c %Y "$header")" = 978307200 ]
}

changed_is_written() {
	echo stale >> "$header"
	touch -d '2001-01-01 UTC' "$header"
	accepted && ! grep -q stale "$header" && [ "$(stat -c %Y "$header")" != 978307200 ]
}

# has_core: the header has the types and prototypes of both, each once
has_core() {
	accepted && [ "$(grep -c '^struct cxl_port {$' "$header")" = 1 ] &&
		[ "$(grep -c '^struct dax_region {$' "$header")" = 1 ] &&
		[ "$(grep -c '^int cxl_dpa_setup(' "$header")" = 1 ] &&
		grep -q '^#define CXL_CORE_ARGS_cxl_dpa_setup 2$' "$header"
}

modular_core() {
	modular FIELD SYMBOL && core_at "$fake" "$work/core.ko" && has_core
}

# At load there is only the BTF of vmlinux to compare with.
modular_sizes() {
	[ "$(grep '^#define CXL_CORE_PRIVATE_TYPES' "$header")" = \
		'#define CXL_CORE_PRIVATE_TYPES(_x) _x(dax_region)' ] &&
		grep -q '^assert_size(cxl_port, ' "$header"
}

# Without it the kernel is refused, in whatever state the module is.
modular_places() {
	local tool place=$fake/../kernel/drivers/cxl/core/cxl_core.ko
	modular FIELD SYMBOL || return 1
	refused "no BTF of the CXL core, which is a module of $kernel: " || return 1
	core_at "$fake"
	refused '/drivers/cxl/core/cxl_core\.ko holds no BTF: .*CONFIG_DEBUG_INFO_BTF_MODULES' || return 1
	rm -r "$fake/drivers"
	core_at "$fake/../kernel" "$work/core.btf"
	has_core || return 1
	for tool in xz gzip; do
		rm -rf "$work/out"/*
		"$tool" -k "$place" && mv "$place" "$work/plain"
		has_core || return 1
		rm "$place".*
		mv "$work/plain" "$place"
	done
	rm "$place"
	echo "no archive" > "$place.xz"
	rm -rf "$work/out"/*
	refused "cannot unpack .*/cxl_core\.ko\.xz: " || return 1
	rm -r "$fake/../kernel"
}

# What was generated is generated again for another core.
modular_content() {
	local out=$work/modules-out
	rm -rf "$out"
	modular FIELD SYMBOL && core_at "$fake" "$work/core.ko" && generate &&
		! grep -q volatile_bytes "$out/include/cxl/core/generated.h" || return 1
	modular FIELD SYMBOL WIDER && core_at "$fake" "$work/core.ko" && generate &&
		grep -q volatile_bytes "$out/include/cxl/core/generated.h"
}

# knows: what core.h makes of the header: 1 if the core knows of Dynamic Capacity
knows() {
	{
		grep '^#define CXL_CORE_' "$header"
		sed -n '/^#if defined(CXL_CORE_ARGS_cxl_configure_dcd)/,/^#endif/p' "$core/core.h"
		echo "knows CXL_CORE_KNOWS_DCD"
	} | gcc -E -P - | sed -n 's/^knows //p'
}

native_core() {
	synthetic FIELD SYMBOL && accepted && [ "$(knows)" = 1 ] &&
		grep -q '^#define CXL_CORE_ARGS_cxl_configure_dcd 2$' "$header" &&
		grep -q '^#define CXL_CORE_ARGS_alloc_dax_region 7$' "$header" &&
		grep -q '^#define CXL_CORE_HAS_cxl_memdev_state_dcd_supported$' "$header"
}

# The header compiles: each type that another one needs comes before it.
native_types() {
	{
		echo '#define static_assert(...) _Static_assert(__VA_ARGS__, "size")'
		echo 'typedef _Bool bool;'
		sed -e '/^#include/d' "$header"
	} > "$work/native.c"
	gcc -Wall -Werror -c -o "$work/native.o" "$work/native.c" > "$messages" 2>&1
}

half_native_core() {
	synthetic FIELD && accepted && [ "$(knows)" = 0 ] || return 1
	fresh
	synthetic SYMBOL && accepted && [ "$(knows)" = 0 ] &&
		! grep -q CXL_CORE_HAS_ "$header"
}

stock_core() {
	[ "$(knows)" = 0 ] && ! grep -q cxl_configure_dcd "$header"
}

if ! real=$(find_kernel); then
	printf 'KTAP version 1\nBail out! no build directory with a vmlinux in /usr/lib/modules\n'
	exit 1
fi
common=$(sed -n 's,^include \(.*\)/Makefile$,\1,p' "$real/Makefile")
kernel=$(cat "$real/include/config/kernel.release")
: > "$messages"
make_tools
make_core

echo "KTAP version 1"
echo "1..39"

# fresh_ok NAME COMMAND...: ok in a fresh directory
fresh_ok() {
	fresh
	ok "$@"
}

fresh_ok "without pahole it says what to install" no_pahole
fresh_ok "what is no build directory is refused" no_build_directory
fresh_ok "a release without a series is refused" odd_release
fresh_ok "an untried series is refused, and those that were tried are named" untried
fresh_ok "a series that was tried is not" tried
fresh_ok "an untried one that fits is built for, with a note" fits
fresh_ok "one that does not is refused with what differs, unless UNTRIED=1" first_difference
fresh_ok "an untried one has the form that is nearest" nearest
fresh_ok "--check looks, and writes nothing" only_looks
fresh_ok "the forms have a line for each function and type" forms_are_whole
fresh_ok "without BTF it says what to install" no_vmlinux
fresh_ok "a kernel may be named otherwise than it calls itself" named_otherwise
fresh_ok "headers without include/cxl/event.h are refused" no_event_h
fresh_ok "headers may be in three places" header_tree
fresh_ok "each option that is missing is named" lacks config
fresh_ok "each option that is not built in is named" lacks config=y
fresh_ok "others may be modules" module_or_built_in
fresh_ok "each symbol that is missing is named" lacks symbol
fresh_ok "BTF without the core's types is refused" no_types
fresh_ok "a refusal leaves a header alone that was there" refusal_keeps_header
fresh_ok "a good kernel gets its header" success
ok "which does not show before it is whole" never_half_written
ok "it asserts the size of each struct" sizes_asserted
ok "it lists the structs whose sizes are compared at load" sizes_listed
ok "it leaves out what is public" public_left_out
ok "it counts the parameters of each function" prototypes_counted
ok "it says that this core knows no Dynamic Capacity" stock_core
ok "a second run leaves the time stamp alone" unchanged_keeps_time
ok "but mends a header that differs" changed_is_written
fresh_ok "a core that handles Dynamic Capacity is known by its call and its field" native_core
ok "its types are in an order that compiles" native_types
fresh_ok "one of the two is not enough" half_native_core
fresh_ok "a name that two structs have is not compared at load" ambiguous_left_out
fresh_ok "it says which optional functions are exported" optional
fresh_ok "a core that is a module has BTF of its own" modular_core
ok "of that kernel the sizes of the DAX bus are compared at load" modular_sizes
fresh_ok "its BTF is found where it was built or installed, packed or not" modular_places
fresh_ok "make generates by content, not by date" depends_on_content
fresh_ok "and by that of a core that is a module" modular_content
[ "$failures" = 0 ]
