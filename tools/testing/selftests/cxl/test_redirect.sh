#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# cxl_redirect: all or none, the original stays reachable, unloading under load,
# a conflict named. Needs the two test modules in modules/.
set -eu
cd "$(dirname "$0")"
. ./lib.sh

begin 14
load_base
need_no_mock
modinfo cxl_redirect_user >/dev/null 2>&1 || [ -n "${CXL_DCD_MODULES:-}" ] ||
	skip_all "the test modules are missing: make modules CXL_DCD_TEST_MODULES=m, then install them"

count()
{
	cat "/sys/module/cxl_redirect_target/parameters/$1"
}

grows()
{
	was=$(count "$1")
	wait_for 10 grown "$1"
}

grown()
{
	[ "$(count "$1")" -gt "$was" ]
}

ok "the target and its callers load" insert cxl_redirect_target
ok "calls reach the original" grows original
ok "a redirect loads" insert cxl_redirect_user
ok "calls reach the replacement, which calls the original" grows replaced
ok "the redirect unloads under load" rmmod cxl_redirect_user
ok "calls reach the original again" grows original

cycles()
{
	for _ in $(seq 10); do
		insert cxl_redirect_user && rmmod cxl_redirect_user || return 1
	done
}
ok "10 loads and unloads under load" cycles
ok "no call went wrong" equal "$(count wrong)" 0

# The mock answers read_cdat_data() first: the user's table must fail as a whole.
conflict()
{
	load_mock dc_total_size=1G && replaced_before=$(count replaced) || return 1
	! insert cxl_redirect_user conflict=1 2>/tmp/error || return 1
	grep -q "Device or resource busy" /tmp/error &&
		log | grep -q "cxl_redirect_user: read_cdat_data.* is already redirected"
}
ok "a conflict is refused and names the function" conflict
ok "no call was redirected meanwhile" equal "$(count replaced)" "$replaced_before"
# if it is a module at all
ok "the core, whose functions are redirected, cannot be unloaded" fails rmmod cxl_core

none()
{
	grows original && before=$(count replaced) && grows original &&
		equal "$(count replaced)" "$before" && unload_mock
}
ok "no entry of the refused table took effect" none

# The host's redirects are permanent, and keep ftrace on.
enabled=/proc/sys/kernel/ftrace_enabled
off()
{
	insert cxl_redirect_user 2>/tmp/error && return 1
	grep -q "Device or resource busy" /tmp/error &&
		log | grep -q "cxl_redirect_user: cannot redirect (-16): is ftrace off?"
}
rmmod cxl_dcd
if { echo 0 >$enabled; } 2>/dev/null && equal "$(cat $enabled)" 0 >/dev/null; then
	ok "without ftrace the log asks whether it is off" off
	echo 1 >$enabled
else
	skip "without ftrace the log asks whether it is off" "this kernel cannot switch it off"
fi
load_base
ok "the target unloads" rmmod cxl_redirect_target

finish
