#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Persistent memory beside a region of the mock: libnvdimm asks whether CPU caches
# can be invalidated too, and must not get the answer that is meant for the core.
# Needs some.
set -eu
cd "$(dirname "$0")"
. ./lib.sh

begin 7
load_base
need_no_mock
for module in nfit nd_e820 nd_pmem; do
	modprobe $module 2>/dev/null || :
done
set -- /sys/bus/*/drivers/nd_region/region*
[ -e "$1" ] || skip_all "boot with memmap=64M!0x190000000 to have persistent memory"
pmem=${1##*/}
driver=${1%/*}
namespace=${driver%/drivers/*}/devices/namespace${pmem#region}.0
tracing=/sys/kernel/tracing
[ -e $tracing/kprobe_events ] || mount -t tracefs tracefs $tracing 2>/dev/null || :
[ -e $tracing/kprobe_events ] || skip_all "this kernel has no probes (CONFIG_KPROBE_EVENTS)"

# goes and comes: libnvdimm asks as it goes at the least. It leaves a namespace behind
# whose probe is not over, even without the mock: to read wait_probe waits for that.
cycle()
{
	cat "${driver%/drivers/*}"/devices/ndbus*/wait_probe >/dev/null || return 1
	wait_for 10 test -e "$namespace/driver" && echo "$pmem" >"$driver/unbind" &&
		wait_for 10 test ! -e "$namespace" && echo "$pmem" >"$driver/bind" &&
		wait_for 10 test -e "$namespace/driver"
}

# Of what only those call who got yes for an answer.
invalidations()
{
	awk '$1 == "cxl_invalidations" { print $2 }' $tracing/kprobe_profile
}
probe()
{
	echo 'p:cxl_invalidations cxl_mock_dcd:redirected_cpu_cache_invalidate_memregion' >>"$tracing/kprobe_events" &&
		echo 1 >"$tracing/events/kprobes/cxl_invalidations/enable"
}
unprobe()
{
	echo 0 >"$tracing/events/kprobes/cxl_invalidations/enable" &&
		echo '-:cxl_invalidations' >>"$tracing/kprobe_events"
}

ok "persistent memory can be disabled and enabled" cycle
ok "the mock loads" load_mock dc_total_size=4G
ok "the redirected answers are traced" probe
before=$(invalidations)
region=$(create_region 1G) || :
committed()
{
	[ -n "$region" ] && [ "$(invalidations)" -gt "$before" ]
}
ok "the core is told that it can invalidate caches, and commits a region" committed
kept_out()
{
	before=$(invalidations)
	cycle && equal "$(invalidations)" "$before" && destroy_region "$region"
}
ok "persistent memory is not told so meanwhile" kept_out

at_once()
{
	# only what it does to the region matters here
	while [ -e /tmp/cycle.$$ ]; do
		cycle || :
	done &
	for _ in $(seq 10); do
		region=$(create_region 1G) && destroy_region "$region" || return 1
	done
	rm /tmp/cycle.$$
	wait $!
}
: >/tmp/cycle.$$
ok "regions and persistent memory are created and removed at once" at_once
rm -f /tmp/cycle.$$
goes()
{
	unprobe && unload_mock
}
ok "the mock unloads" goes

finish
