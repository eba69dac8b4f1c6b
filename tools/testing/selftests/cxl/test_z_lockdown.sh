#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A locked down kernel refuses redirects, and says so. There is no way back from
# lockdown but to boot, so this runs last, and only where that does not matter.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./lib-fm.sh

begin 4
[ -n "${CXL_DCD_THROWAWAY:-}" ] ||
	skip_all "locks the kernel down until it boots again: set CXL_DCD_THROWAWAY=1 if that does not matter"
load_base
need_no_mock
{ insert cxl_redirect_target && insert cxl_redirect_user late=1; } ||
	skip_all "the test modules are missing: make modules CXL_DCD_TEST_MODULES=m, then install them"

load_mock dc_total_size=1G
find_fm "$(realpath "$devices/$(mock_memdev)/..")"
before=$(fmcmd "$fm" 0003) || before=refused

mount -t securityfs security /sys/kernel/security 2>/dev/null || :
echo integrity >/sys/kernel/security/lockdown ||
	skip_all "this kernel has no lockdown (CONFIG_SECURITY_LOCKDOWN_LSM)"

refused()
{
	if echo 1 | dd of=/sys/module/cxl_redirect_user/parameters/redirect 2>/tmp/error; then
		return 1
	fi
	grep -q "Operation not permitted" /tmp/error
}
ok "a redirect is refused" refused
reason()
{
	log | grep -q "cxl_redirect_user: the kernel is locked down"
}
ok "the log says why" reason

ok "raw commands of the FM were executed before" equal "$before" "00 0c"
raw_refused()
{
	fails fmcmd "$fm" 0003 >/tmp/error && grep -q "Operation not permitted" /tmp/error
}
ok "raw commands of the FM are refused with EPERM, as those of a memdev" raw_refused

finish
