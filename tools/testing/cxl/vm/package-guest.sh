#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# package-guest.sh OPTION...: in a guest in which the packages are installed, does what
# their user would: modprobe, cxl list, a region, an extent that comes and goes, and those
# of the installed selftests that run_kselftest.sh runs with these options. Prints KTAP.
set -eu

tag=11111111-2222-3333-4444-555555555555
kselftest=/usr/libexec/cxl-dcd/kselftest
number=0
failures=0

# ok NAME COMMAND...
ok() {
	name=$1
	shift
	number=$((number + 1))
	if "$@" > /tmp/ok 2>&1; then
		echo "ok $number $name"
	else
		echo "not ok $number $name"
		sed 's/^/# /' /tmp/ok
		failures=$((failures + 1))
	fi
}

# wait_for SECONDS COMMAND...: until it succeeds
wait_for() {
	deadline=$(($(date +%s) + $1))
	shift
	until "$@"; do
		[ "$(date +%s)" -lt "$deadline" ] || return 1
		usleep 50000
	done
}

memdev() {
	mem=$(cxl list -M | jq -er '.[0].memdev')
}

lists() {
	wait_for 60 memdev && cxl list -M &&
		[ "$(cxl list -M | jq '.[0].ram_size')" = 4294967296 ]
}

loaded() {
	for module; do
		[ -d "/sys/module/$module" ] || { echo "$module is not loaded" && return 1; }
	done
}

region() {
	decoder=$(cxl list -D -d root -m "$mem" | jq -er '.[0].decoder') &&
		cxl create-region -m -t ram -d "$decoder" -s 1G "$mem"
}

extent() {
	dcdctl add "$mem" --size 256M --tag "$tag" --wait &&
		dcdctl list "$mem" | jq -e '.[0].extents[0].dax' &&
		dcdctl release "$mem" --tag "$tag" --wait &&
		dcdctl list "$mem" | jq -e '(.[0].extents // []) == []'
}

gone() {
	modprobe -r cxl_mock_dcd && [ ! -d /sys/module/cxl_mock_dcd ] &&
		[ ! -d /sys/module/cxl_dcd ] && [ ! -d /sys/module/cxl_redirect ]
}

listed() {
	"$kselftest/run_kselftest.sh" -l | grep -qx cxl:test_host.sh &&
		[ "$("$kselftest/run_kselftest.sh" -d -c cxl | grep -c '^ok ')" = \
			"$("$kselftest/run_kselftest.sh" -l | wc -l)" ] &&
		! "$kselftest/run_kselftest.sh" -t cxl:test_none.sh
}

echo "# $(uname -r), modules from $(modinfo -n cxl_mock_dcd)"
echo "KTAP version 1"
echo "1..8"
ok "modprobe of the mock alone works" modprobe cxl_mock_dcd dc_total_size=4G dc_backing=phantom
ok "and has brought the host" loaded cxl_mem cxl_redirect cxl_dcd cxl_mock_dcd
ok "cxl lists the device" lists
ok "it takes a region" region
ok "an extent comes and goes" extent
ok "modprobe -r removes all modules" gone
ok "the installed selftests are listed" listed

# Their TAP is that of subtests, so a skip is no pass here.
number=$((number + 1))
status=0
"$kselftest/run_kselftest.sh" "$@" > /tmp/tap || status=$?
sed -e 's/^TAP version 13$/KTAP version 1/' -e 's/^/  /' /tmp/tap
said=$(head -n 1 /tmp/tap)
if [ "$status" = 0 ] && [ "$said" = "TAP version 13" ]; then
	echo "ok $number and run, and print TAP"
else
	echo "# run_kselftest.sh $* ended with $status, and began with '$said'"
	echo "not ok $number and run, and print TAP"
	failures=$((failures + 1))
fi
[ "$failures" = 0 ]
