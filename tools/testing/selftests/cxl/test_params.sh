#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every refusal of a parameter: the errno that insmod gets, one line in the log
# with the value, the rule and what would do, and nothing left behind.
set -eu
cd "$(dirname "$0")"
. ./lib.sh

begin 46
load_base
need_no_mock

# refuse ERROR TEXT PARAMETER...: TEXT is all of the log's one line, in which
# ADDRESS is one that depends on the machine, and SIZE one
refuse()
{
	error=$1
	text=$2
	shift 2
	before=$(log | grep -c 'cxl_mock_dcd: ' || :)
	if output=$(insert cxl_mock_dcd "$@" 2>&1); then
		unload_mock
		echo "was accepted"
		return 1
	fi
	lines=$(log | grep 'cxl_mock_dcd: ' | tail -n +$((before + 1)) |
		grep -v ' invalid for parameter ' |
		sed -E 's/(must be at most) [0-9]+[GT], the size of/\1 SIZE, the size of/
			s/(ends at|space is at|4G and) 0x[0-9a-f]+/\1 ADDRESS/g')
	# insmod has words of its own for EINVAL
	case $(echo "$output" | sed 's/Invalid parameters/Invalid argument/') in
	*"$error"*) ;;
	*)	echo "error is '$output', should be '$error'"
		return 1 ;;
	esac
	case $lines in
	*"
"*)	echo "more than one line: $lines"
		return 1 ;;
	*"cxl_mock_dcd: $text") ;;
	*)	echo "log is '$lines', should be '$text'"
		return 1 ;;
	esac
	! loaded cxl_mock_dcd && ! grep 'CXL Window (mock)' /proc/iomem &&
		[ ! -e "$(echo /sys/bus/platform/devices/cxl_mock_dcd*)" ]
}

EINVAL="Invalid argument"
ERANGE="Numerical result out of range"
EBUSY="Device or resource busy"
ENOSPC="No space left on device"
rubbish="must be a number, optionally with a suffix K, M, G or T, such as 4G"
overflow="does not fit in 64 bits, the maximum is 4096T"
overflow_of="does not fit in 64 bits, the maximum is"

ok "dc_total_size below 256M" refuse "$EINVAL" \
	"dc_total_size=100M: must be a multiple of num_dc_regions (1) x 256M = 256M and at most 4096T, nearest is 256M" \
	dc_total_size=100M
ok "dc_total_size between multiples" refuse "$EINVAL" \
	"dc_total_size=4000M: must be a multiple of num_dc_regions (1) x 256M = 256M and at most 4096T, nearest is 4G" \
	dc_total_size=4000M
ok "dc_total_size that does not divide" refuse "$EINVAL" \
	"dc_total_size=4G: must be a multiple of num_dc_regions (3) x 256M = 768M and at most 4096T, nearest is 3840M" \
	dc_total_size=4G num_dc_regions=3
ok "dc_total_size beyond the DPA space" refuse "$ERANGE" \
	"dc_total_size=8192T: must be a multiple of num_dc_regions (1) x 256M = 256M and at most 4096T, nearest is 4096T" \
	dc_total_size=8192T
ok "dc_total_size that overflows by its suffix" refuse "$ERANGE" \
	"dc_total_size=16E: $overflow" dc_total_size=16E
ok "dc_total_size that overflows to something valid" refuse "$ERANGE" \
	"dc_total_size=17179869185G: $overflow" dc_total_size=17179869185G
ok "dc_total_size that overflows by its digits" refuse "$ERANGE" \
	"dc_total_size=99999999999999999999: $overflow" dc_total_size=99999999999999999999
ok "dc_total_size that is a word" refuse "$EINVAL" \
	"dc_total_size=plenty: $rubbish" dc_total_size=plenty
ok "dc_total_size with an unknown suffix" refuse "$EINVAL" \
	"dc_total_size=4Q: $rubbish" dc_total_size=4Q
ok "dc_total_size with two suffixes" refuse "$EINVAL" \
	"dc_total_size=4GB: $rubbish" dc_total_size=4GB
ok "dc_total_size that is negative" refuse "$EINVAL" \
	"dc_total_size=-4G: $rubbish" dc_total_size=-4G
ok "dc_total_size that is empty" refuse "$EINVAL" \
	"dc_total_size=: $rubbish" dc_total_size=
ok "dc_total_size with a sign" refuse "$EINVAL" \
	"dc_total_size=+4G: $rubbish" dc_total_size=+4G
ok "dc_total_size that is octal and is not" refuse "$EINVAL" \
	"dc_total_size=08: $rubbish" dc_total_size=08
ok "dc_total_size that is not printable" refuse "$EINVAL" \
	"dc_total_size=4G\\x1b[2J\\xff: $rubbish" "dc_total_size=$(printf '4G\033[2J\377')"
long=$(printf '%0128d' 0)
ok "dc_total_size with more digits than any number" refuse "$EINVAL" \
	"dc_total_size=$(printf '%085d' 0)...: $rubbish" dc_total_size="$long"
ok "a serial number that overflows is refused with its own limit" refuse "$ERANGE" \
	"serial=18446744073709551616: $overflow_of 0xffffffffffffffff" \
	serial=18446744073709551616
ok "so is a limit of extents" refuse "$ERANGE" \
	"max_extents=16E: $overflow_of 65536" max_extents=16E
ok "so is an address" refuse "$ERANGE" \
	"window_base=0x10000000000000000: $overflow_of 0xfffffffff0000000" \
	window_base=0x10000000000000000
ok "a backing followed by text" refuse "$EINVAL" \
	"dc_backing=phantom\\x07: must be none, phantom or reserved" \
	"dc_backing=$(printf 'phantom\007')"
ok "num_dc_regions=0" refuse "$ERANGE" \
	"num_dc_regions=0: must be 1 to 8, nearest is 1" \
	dc_total_size=4G num_dc_regions=0
ok "num_dc_regions beyond the limit" refuse "$ERANGE" \
	"num_dc_regions=9: must be 1 to 8, nearest is 8" \
	dc_total_size=9G num_dc_regions=9
ok "a block size that is no power of two" refuse "$EINVAL" \
	"dc_block_size=5M: must be a power of two from 64 to 4G (it divides a DC region), nearest is 4M" \
	dc_total_size=4G dc_block_size=5M
ok "a block size of 0" refuse "$EINVAL" \
	"dc_block_size=0: must be a power of two from 64 to 4G (it divides a DC region), nearest is 64" \
	dc_total_size=4G dc_block_size=0
ok "a block size that is too small" refuse "$ERANGE" \
	"dc_block_size=32: must be a power of two from 64 to 4G (it divides a DC region), nearest is 64" \
	dc_total_size=4G dc_block_size=32
ok "a block size that does not divide the region" refuse "$ERANGE" \
	"dc_block_size=512M: must be a power of two from 64 to 256M (it divides a DC region), nearest is 256M" \
	dc_total_size=2304M num_dc_regions=3 dc_block_size=512M
ok "sharable with a bit beyond the DC regions" refuse "$ERANGE" \
	"sharable=0x2: must have no bit beyond the 1 DC regions, nearest is 0" \
	dc_total_size=4G sharable=2
ok "max_extents=0" refuse "$ERANGE" \
	"max_extents=0: must be 1 to 65536, nearest is 1" dc_total_size=4G max_extents=0
ok "max_tags beyond the limit" refuse "$ERANGE" \
	"max_tags=65537: must be 1 to 65536, nearest is 65536" dc_total_size=4G max_tags=65537
ok "poison_limit beyond the limit" refuse "$ERANGE" \
	"poison_limit=257: must be 0 to 256, nearest is 256" dc_total_size=4G poison_limit=257
ok "region_size beyond the capacity" refuse "$ERANGE" \
	"region_size=2G: must be a multiple of 256M and at most 1G, the smaller of dc_total_size and the window, nearest is 1G" \
	dc_total_size=1G region_size=2G
ok "region_size with static capacity" refuse "$EINVAL" \
	"region_size=256M: must be 0 with ram_size, which occupies the first DPAs, nearest is 0" \
	dc_total_size=1G ram_size=256M region_size=256M
ok "region_size beyond the address space" refuse "$ERANGE" \
	"region_size=4096T: must be at most SIZE, the size of the window, which the address space of this machine limits" \
	dc_total_size=4096T region_size=4096T
ok "alerts that is neither 0 nor 1" refuse "$ERANGE" \
	"alerts=2: must be 0 to 1, nearest is 1" dc_total_size=4G alerts=2
ok "a QoS class of more than 16 bits" refuse "$ERANGE" \
	"qos_class=65536: must be 0 to 65535, nearest is 65535" dc_total_size=4G qos_class=65536
ok "more devices than one region can have" refuse "$ERANGE" \
	"devices=9: must be 1 to 8, nearest is 8" dc_total_size=4G devices=9
ok "an unknown backing" refuse "$EINVAL" \
	"dc_backing=lots: must be none, phantom or reserved" dc_total_size=4G dc_backing=lots
ok "a window that is not aligned" refuse "$EINVAL" \
	"window_base=0x4000100000: must be a multiple of 256M, nearest is 0x4000000000" \
	dc_total_size=4G window_base=0x4000100000
ok "a window size that is not aligned" refuse "$EINVAL" \
	"window_size=0x6400000: must be a multiple of 256M, nearest is 0x10000000" \
	dc_total_size=4G window_size=100M
ok "a window that wraps" refuse "$ERANGE" \
	"window_size=4G: exceeds the address space from window_base=0xffffffff10000000 on, nearest is 3840M" \
	dc_total_size=4G window_base=0xffffffff10000000 window_size=4G

ok "a window on memory" refuse "$EBUSY" \
	"window_base=0x10000000: a window of 4G collides with an entry of /proc/iomem; free space is at ADDRESS" \
	dc_total_size=4G window_base=256M
free=$(log | sed -n 's/.*free space is at //p' | tail -n 1)
ok "a window beyond the address space" refuse "$ERANGE" \
	"window_base=0xffffffff00000000: a window of 256M does not fit, the address space of this machine ends at ADDRESS; free space is at ADDRESS" \
	dc_total_size=4G window_base=0xffffffff00000000 window_size=256M
ok "a window that fits nowhere, at an address" refuse "$ERANGE" \
	"window_base=0x10000000: a window of 4096T does not fit, the address space of this machine ends at ADDRESS" \
	dc_total_size=4G window_base=256M window_size=4096T
ok "a window larger than what is free" refuse "$ENOSPC" \
	"window_size=4096T: no free space of that size between 4G and ADDRESS; omit it to use what fits" \
	dc_total_size=4G window_size=4096T

proposed()
{
	load_mock dc_total_size=4G window_base="$free" && unload_mock
}
ok "the window that the log proposed is accepted" proposed

after()
{
	load_mock dc_total_size=4G && unload_mock
}
ok "a valid load succeeds after all these" after

finish
