# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What the selftests share: KTAP, waiting, loading, finding the mock's devices.
# Sourced by a test that has set -eu. All use this hundreds of times, and to start a
# program takes a slow kernel long: where the shell can do it, it does.

SKIP=4
number=0
failures=0
devices=/sys/bus/cxl/devices
# the programs are beside the tests, or where their Makefiles put them
build=$PWD/../../../../build
PATH=$PWD:$build/selftests:$build/dcdctl:$PATH
modprobe_conf=$PWD/modprobe.conf

# begin TESTS: starts the document; the kernel's log is judged from here on, by
# one more test
begin()
{
	echo "KTAP version 1"
	[ "$(id -u)" = 0 ] || skip_all "must be root"
	{ command -v cxl && command -v daxctl && command -v jq; } >/dev/null ||
		skip_all "needs cxl, daxctl and jq (Debian: apt-get install cxl daxctl jq)"
	# the core can be a module that nobody has loaded yet
	[ -d /sys/bus/cxl ] || modprobe cxl_core 2>/dev/null || :
	[ -d /sys/bus/cxl ] || skip_all "this kernel has no CXL core (CONFIG_CXL_BUS)"
	plan=$(($1 + 1))
	marker="cxl selftest $$ $(date +%s)"
	echo "$marker" >/dev/kmsg
	trap 'unexpected_end $?' EXIT
	# to write to a process that has gone fails the check, and does not end the test
	trap : PIPE
}

skip_all()
{
	echo "1..0 # SKIP $*"
	trap - EXIT
	rm -f /tmp/ok.$$
	exit $SKIP
}

unexpected_end()
{
	echo "# ended early with status $1"
	rm -f /tmp/ok.$$
	exit 1
}

# The plan comes with the first test: until then the document may be a skip.
next_test()
{
	[ "$number" -gt 0 ] || echo "1..$plan"
	number=$((number + 1))
}

# ok NAME COMMAND...: one test, which passes if the command succeeds
ok()
{
	name=$1
	shift
	next_test
	if "$@" >/tmp/ok.$$ 2>&1; then
		echo "ok $number $name"
	else
		echo "not ok $number $name"
		sed 's/^/# /' /tmp/ok.$$
		failures=$((failures + 1))
	fi
}

# need_program NAME...: of those that the Makefile builds
need_program()
{
	for program; do
		command -v "$program" >/dev/null ||
			skip_all "$program is missing: make -C tools/testing/selftests/cxl"
	done
}

# cxl_has COMMAND: whether this cxl has it
cxl_has()
{
	cxl --list-cmds | grep -qxF "$1"
}

skip()
{
	next_test
	echo "ok $number $1 # SKIP $2"
}

# The kernel's log since begin.
log()
{
	dmesg | awk -v marker="$marker" 'found; index($0, marker) { found = 1 }'
}

# Prints what the kernel complained about and fails if it did. Lines that match
# $expected, an awk pattern that a test sets where it provokes them, are left out.
no_complaints()
{
	log | awk -v expected="${expected:-}" '
		expected != "" && $0 ~ expected { next }
		/WARNING:|BUG:|Oops|Call Trace|general protection|stall|use-after-free|leak/ {
			print
			complaints++
		}
		END { exit complaints != 0 }'
}

# finish: the last test of every document, and its end
finish()
{
	ok "the kernel's log has no warning" no_complaints
	trap - EXIT
	rm -f /tmp/ok.$$
	[ "$failures" = 0 ] || exit 1
	exit 0
}

# uptime_now: sets now to the seconds since the boot
uptime_now()
{
	read -r now _ </proc/uptime
	now=${now%.*}
}

# device_tree_memory: prints where the first memory of a device tree begins, and its size
device_tree_memory()
{
	od -An -v -tx1 /proc/device-tree/memory@*/reg 2>/dev/null | tr -d '\n' |
		awk '{ gsub(" ", ""); print "0x" substr($0, 1, 16), "0x" substr($0, 17, 16) }'
}

# boot_with GIGABYTES ADDRESS: how to boot without so much memory there, as the mock says it
boot_with()
{
	[ "$(uname -m)" != x86_64 ] || { echo "memmap=$1G\$$2"; return; }
	device_tree_memory | {
		read -r begin length && [ "$(($2))" -gt "$((begin))" ] &&
			[ "$(($2))" -lt "$((begin + length))" ] &&
			echo "mem=$((($2 - begin) >> 30))G" ||
			echo "mem=SIZE, and use what is above it"
	}
}

# reserved_pieces: what memmap= or mem= on the kernel's command line keeps aside: the size
# and the address of each
reserved_pieces()
{
	tr ' ' '\n' </proc/cmdline | sed -n 's/^memmap=\([0-9]*[KMG]\)\$\(0x.*\)/\1 \2/p'
	grep -q '\<mem=[0-9]' /proc/cmdline || return 0
	top=$(sed -n 's/^[0-9a-f]*-\([0-9a-f]*\) : System RAM$/0x\1/p' /proc/iomem | head -n 1)
	device_tree_memory | while read -r begin length; do
		megabytes=$(((begin + length - top - 1) >> 20))
		[ $((megabytes % 1024)) -ne 0 ] || printf '%dG %#x\n' $((megabytes >> 10)) $((top + 1))
		[ $((megabytes % 1024)) -eq 0 ] || printf '%dM %#x\n' "$megabytes" $((top + 1))
	done
}

# find_reserved: sets reserved_size and reserved_at to the last of these
# shellcheck disable=SC2034 # for tests
find_reserved()
{
	reserved=$(reserved_pieces | tail -n 1)
	reserved_size=${reserved% *}
	reserved_at=${reserved#* }
	[ -n "$reserved" ]
}
no_reserved="boot with $(boot_with 1 0x100000000) to have reserved memory"

need_reserved()
{
	find_reserved || skip_all "$no_reserved"
}

# Which allocations can fail on a kernel with failslab: those that the host or the mock
# asks for, or calls another for, in whatever task; both are loaded one behind the other.
# The other modules and user space have what they need: cxl_mem of Linux 6.12 leaves a
# pointer to an endpoint that it could not add, and follows it as it probes another. So
# has __devm_create_dev_dax(), which waits for itself where devm_add_action_or_reset()
# fails.
failslab=/sys/kernel/debug/failslab
# our_text: prints where the first of the two begins and where the last ends. Modules are
# in the last 4G, and the shell cannot count any higher.
our_text()
{
	awk '/^cxl_(dcd|mock_dcd) / { print $6, $2 }' /proc/modules | sort | (
		first=
		while read -r at size; do
			: "${first:=$at}"
			last=$((0x${at#0xffffffff} + size))
		done
		[ -n "$first" ] && printf '%s 0xffffffff%08x\n' "$first" "$last"
	)
}

only_ours_fail()
{
	text=$(our_text) &&
		echo 0 >"$failslab/probability" && echo 0 >"$failslab/verbose" &&
		echo N >"$failslab/ignore-gfp-wait" &&
		echo "${text% *}" >"$failslab/require-start" &&
		echo "${text#* }" >"$failslab/require-end" &&
		awk 'found { print "0x" $1; exit }
			$3 == "__devm_create_dev_dax" { print "0x" $1; found = 1 }' \
			/proc/kallsyms >/tmp/reject &&
		head -n 1 /tmp/reject >"$failslab/reject-start" &&
		tail -n 1 /tmp/reject >"$failslab/reject-end"
}

# wait_for SECONDS COMMAND...: until it succeeds; the last try says why it does
# not. A slow kernel gets CXL_DCD_SLOW times as long.
wait_for()
{
	uptime_now
	deadline=$((now + $1 * ${CXL_DCD_SLOW:-1}))
	shift
	until "$@" >/dev/null 2>&1; do
		uptime_now
		[ "$now" -lt "$deadline" ] || { "$@"; return; }
		usleep 20000 2>/dev/null || sleep 0.02
	done
}

loaded()
{
	[ -e "/sys/module/$1/initstate" ]
}

# insert MODULE [PARAMETER=VALUE]...: from where modprobe finds it, or from
# the directory CXL_DCD_MODULES. Whether the host comes too is for the test to say.
insert()
{
	module=$1
	shift
	if [ -n "${CXL_DCD_MODULES:-}" ]; then
		insmod "$CXL_DCD_MODULES/$module.ko" "$@"
	else
		modprobe --config "$modprobe_conf" --ignore-install "$module" "$@"
	fi
}

load_modules()
{
	for base; do
		loaded "$base" || modprobe "$base" 2>/dev/null || insert "$base" ||
			skip_all "cannot load $base; build and install the modules, or set CXL_DCD_MODULES to their directory"
	done
}

# traced_event EVENT PATTERN...: since the last time the instance $trace has seen one event of
# that name, which has all of these; without a pattern it has seen none
# shellcheck disable=SC2154 # the test's
traced_event()
{
	grep "$1" "$trace/trace" >/tmp/traced || :
	echo >"$trace/trace"
	shift
	expected_lines=1
	[ $# -gt 0 ] || expected_lines=0
	equal "$(wc -l </tmp/traced)" "$expected_lines" || { cat /tmp/traced; return 1; }
	for pattern; do
		grep -q -e "$pattern" /tmp/traced || {
			echo "no $pattern in:"
			cat /tmp/traced
			return 1
		}
	done
}

# The modules below the mock; skips the test where they cannot be loaded.
load_base()
{
	load_modules cxl_mem cxl_redirect cxl_dcd
}

# The same without the host, which would answer what a test looks at.
load_base_without_host()
{
	load_modules cxl_mem cxl_redirect
	! loaded cxl_dcd || rmmod cxl_dcd ||
		skip_all "cxl_dcd is in use: remove the devices that it drives"
}

# For tests that load the mock themselves, with parameters of their own.
need_no_mock()
{
	! loaded cxl_mock_dcd || skip_all "cxl_mock_dcd is loaded: rmmod cxl_mock_dcd to run this test"
}

load_mock()
{
	insert cxl_mock_dcd "$@" && wait_for 20 mock_memdev
}

unload_mock()
{
	rmmod cxl_mock_dcd
}

unload_all()
{
	! loaded cxl_mock_dcd || rmmod cxl_mock_dcd
	rmmod cxl_dcd && rmmod cxl_redirect
}

# mock_device WHICH: the name of the mock's memdev or endpoint, once its endpoint has
# a driver. Not by cxl, which takes a second on a slow kernel.
mock_device()
(
	for endpoint in "$devices"/endpoint*; do
		{ [ -e "$endpoint/driver" ] && cd -P "$endpoint/uport"; } || continue
		case $1,$PWD in
		memdev,*/cxl_mock_dcd.*/mem*) echo "${PWD##*/}" ;;
		endpoint,*/cxl_mock_dcd.*/mem*) echo "${endpoint##*/}" ;;
		*) continue ;;
		esac
		exit
	done
	exit 1
)

mock_memdev()
{
	mock_device memdev
}

mock_endpoint()
{
	mock_device endpoint
}

# root_decoder_of ENDPOINT
root_decoder_of()
(
	{ [ -e "$devices/$1/uport" ] && cd -P "$devices/$1"; } || exit 1
	set -- "${PWD%%/port*}"/decoder*
	[ -e "$1" ] && echo "${1##*/}"
)

mock_root_decoder()
{
	root_decoder_of "$(mock_endpoint)"
}

# cxl_create_region SIZE: a region over the mock, by its name
cxl_create_region()
{
	cxl create-region -m -t ram -d "$(mock_root_decoder)" -s "$1" "$(mock_memdev)" |
		jq -er .region
}

cxl_destroy_region()
{
	cxl disable-region "$1" && cxl destroy-region "$1"
}

# The same by what cxl writes to sysfs, for tests that only need a region: on a slow
# kernel cxl reads for seconds before.
create_region()
(
	set -- "$1" "$(mock_endpoint)"
	cd "$devices/$(root_decoder_of "$2")" || exit 1
	read -r region <create_ram_region && echo "$region" >create_ram_region || exit 1
	if build_region "$devices/$region" "$devices/decoder${2#endpoint}" "$1"; then
		echo "$region"
	else
		destroy_region "$region"
		exit 1
	fi
)

# build_region PATH DECODERS SIZE: from the first of the decoders DECODERS.0 and so on
# that has no capacity
build_region()
{
	case $3 in
	*G) size=$((${3%G} << 30)) ;;
	*M) size=$((${3%M} << 20)) ;;
	*) size=$3 ;;
	esac
	n=0
	while read -r used <"$2.$n/dpa_size" && [ $((used)) != 0 ]; do
		n=$((n + 1))
	done
	decoder=$2.$n
	echo 256 >"$1/interleave_granularity" && echo 1 >"$1/interleave_ways" &&
		echo ram >"$decoder/mode" && echo "$size" >"$decoder/dpa_size" || return 1
	if ! { echo "$size" >"$1/size" && echo "${decoder##*/}" >"$1/target0"; }; then
		echo 0 >"$decoder/dpa_size"
		return 1
	fi
	echo 1 >"$1/commit" && echo "${1##*/}" >/sys/bus/cxl/drivers/cxl_region/bind
}

destroy_region()
(
	cd -P "$devices/$1/.." || exit 1
	read -r decoder <"$1/target0" || decoder=
	if [ -e "$1/driver" ]; then
		echo "$1" >"$1/driver/unbind" && echo 0 >"$1/commit" || exit 1
	fi
	echo "$1" >delete_region && [ -n "$decoder" ] && echo 0 >"$devices/$decoder/dpa_size"
)

# attr NAME: value of an attribute of the mock's memdev
attr()
{
	cat "$devices/$(mock_memdev)/$1"
}

equal()
{
	[ "$1" = "$2" ] || { echo "is $1, should be $2"; return 1; }
}

fails()
{
	! "$@"
}
