#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2119 # functions that need no arguments, and lists
# Capacity that is taken by force while the kernel uses it as its own memory, and
# offered again: it is no longer what the kernel has. Needs memory as
# test_reserved.sh does.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./host.sh

begin 5
load_base
need_no_mock
need_reserved
need_kmem
keep_offline
watch

set_up()
{
	load_reserved_mock && region=$(create_region 512M) &&
		inject "0x0:0x10000000:$TAG:0" && equal "$(verdicts verdict)" accepted &&
		dax=$(dax_of "$TAG") && daxctl reconfigure-device --mode=system-ram "$dax"
}
ok "an extent is online as System RAM" set_up
forced()
{
	forget
	put dc_force_del_extent "0x0:0x10000000:$TAG" && handled &&
		equal "$(verdicts release)" deferred && equal "$(states)" ""
}
ok "after a forced release the DAX device stays" forced
offered_again()
{
	inject "0x0:0x10000000:$TAG:0" && equal "$(verdicts verdict)" tag-in-use &&
		equal "$(states)" ""
}
ok "an offer of the same capacity is refused" offered_again
usable_again()
{
	offline_memory "$dax" &&
		inject "0x0:0x10000000:$TAG:0" && equal "$(verdicts verdict)" accepted &&
		equal "$(states)" "0x0 0x10000000 accepted"
}
ok "offline it is removed, and the next offer of it is accepted" usable_again
unloaded()
{
	destroy_region "$region" && unload_mock && unwatch && unload_all && load_base
}
ok "everything is removed" unloaded
online_as_before

finish
