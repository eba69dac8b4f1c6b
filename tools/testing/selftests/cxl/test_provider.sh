#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Where the kernel takes providers of cache maintenance, the mock is one for its own windows
# alone: what is not in them fails as without it, or is for the machine's own provider.
# Needs the test module cxl_cache_provider, which only such a kernel has.
set -eu
cd "$(dirname "$0")"
. ./lib.sh

begin 12
load_base
need_no_mock
grep -q ' cache_coherency_ops_instance_register$' /proc/kallsyms ||
	skip_all "this kernel has no providers of cache maintenance"
modinfo cxl_cache_provider >/dev/null 2>&1 || [ -n "${CXL_DCD_MODULES:-}" ] ||
	skip_all "the test modules are missing: make modules CXL_DCD_TEST_MODULES=m, then install them"
expected="CPU caches are not invalidated for 4096 bytes at 0x1000"

# invalidate ERROR|success START: what the kernel says to who asks for a page there
invalidate()
{
	if insert cxl_cache_provider start="$2" size=4096 2>/tmp/error; then
		rmmod cxl_cache_provider && [ "$1" = success ]
	else
		grep -q "$1" /tmp/error
	fi
}
unsupported="Operation not supported"
enxio="No such device or address"

refused_with_a_line()
{
	invalidate "$enxio" 0x1000 && log | grep -q "$expected: this machine has nothing that does it"
}
ok "without the mock nobody can invalidate" invalidate "$unsupported" 0x1000
load_mock dc_total_size=1G window_base=0x2000000000
ok "in its window there is nothing to do" invalidate success 0x2000000000
ok "up to its end" invalidate success 0x203ffff000
ok "beyond it fails" invalidate "$enxio" 0x2040000000
ok "elsewhere fails, and the log says why" refused_with_a_line
committed()
{
	region=$(create_region 256M) && destroy_region "$region" && unload_mock
}
ok "a region of it is committed" committed

# asked: how often the other provider was
asked()
{
	cat /sys/module/cxl_cache_provider/parameters/asked
}
beside()
{
	[ "$(asked)" -gt 0 ] && rmmod cxl_cache_provider
}
load_mock dc_total_size=1G window_base=0x2000000000
ok "beside another it does not object" \
	insert cxl_cache_provider provide=1 start=0x1000 size=4096
ok "the other is asked" beside
ok "when that is gone it fails again" invalidate "$enxio" 0x1000
ok "the mock unloads" unload_mock
later()
{
	insert cxl_cache_provider provide=1 && load_mock dc_total_size=1G && was=$(asked) &&
		region=$(create_region 256M) && [ "$(asked)" -gt "$was" ] && unload_mock
}
ok "another that came first is asked about the mock's regions too" later
ok "it can go" rmmod cxl_cache_provider

finish
