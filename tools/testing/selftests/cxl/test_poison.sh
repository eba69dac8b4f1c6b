#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Poison: the core's files that inject and clear it, cxl list --media-errors, where the
# device refuses it, and that capacity which has been released comes again without it.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./lib-dcdctl.sh

TAG=11111111-2222-3333-4444-555555555555
tracing=/sys/kernel/tracing
debug=/sys/kernel/debug/cxl
M=0x100000

begin 16
need_dcdctl
load_base
need_no_mock
[ -d $debug ] || mount -t debugfs none /sys/kernel/debug 2>/dev/null || :
modprobe device_dax
load_mock dc_total_size=1G num_dc_regions=2 dc_backing=phantom
ok "by default poison injection is not supported" eval \
	"[ ! -e $debug/$(mock_memdev)/inject_poison ] && [ ! -e $debug/$(mock_memdev)/clear_poison ]"
unload_mock
load_mock dc_total_size=1G num_dc_regions=2 dc_backing=phantom poison_limit=16
mem=$(mock_memdev)
[ -e "$debug/$mem/inject_poison" ] ||
	skip_all "this kernel has no cxl/$mem/inject_poison in debugfs"

# poison inject|clear DPA
poison()
{
	printf '%#x' "$(($2))" | dd of="$debug/$mem/$1_poison" 2>/tmp/poison.error
}
# refused TEXT inject|clear DPA
refused()
{
	text=$1
	shift
	fails poison "$@" || return 1
	grep -q "$text" /tmp/poison.error && return
	cat /tmp/poison.error
	return 1
}
# with cxl's own command, where it has one: by_cxl inject|clear DPA
by_cxl()
{
	cxl "$1-media-poison" "$mem" -a "$2" 2>/tmp/poison.error
}
# errors OFFSET...: all that cxl list shows, in order
errors()
{
	cxl list -m "$mem" --media-errors >/tmp/errors || return 1
	equal "$(jq -r '[.. | .media_errors? // empty | .[] | .offset] | sort | .[]' /tmp/errors |
		xargs)" "$*"
}
ok "cxl list shows no media errors" errors
ok "inject poison without a region or an extent: refused" refused "Bad address" inject 0

region=$(create_region 512M) || region=
dcdctl add "$mem" --at 64M --size 64M --tag "$TAG" --wait=60 >/tmp/out
injected()
{
	poison inject $((64 * M)) && poison inject $((65 * M + 64)) && errors $((64 * M)) $((65 * M + 64))
}
ok "poison in an extent: cxl list shows it" injected
injected_source()
{
	jq -e '[.. | .media_errors? // empty | .[] | [.length, .source]] | unique ==
		[[64, "Injected"]]' /tmp/errors
}
ok "the record has 64 bytes and the source injected" injected_source
by_region()
{
	cxl list -r "$region" --media-errors >/tmp/errors &&
		equal "$(jq -r '[.. | .media_errors? // empty | .[] | .offset] | length' \
			/tmp/errors)" 2
}
ok "cxl list shows it for the region too" by_region
placed()
{
	mkdir "$tracing/instances/poison"
	trace=$tracing/instances/poison
	echo 1 >"$trace/events/cxl/cxl_poison/enable"
	echo 1 >"$trace/events/cxl/cxl_general_media/enable"
	poison inject $((66 * M)) && echo 1 >"$devices/$mem/trigger_poison_list" &&
		start=$(cat "$devices/$region/resource") &&
		grep cxl_poison: "$trace/trace" | grep -q "$(printf 'hpa=0x%x ' $((start + 66 * M)))" &&
		wait_for 20 eval "grep cxl_general_media: $trace/trace |
			grep log=Informational | grep -q \"transaction_type='Host Inject Poison'\""
	status=$?
	[ "$status" = 0 ] || cat "$trace/trace"
	rmdir "$trace"
	return "$status"
}
ok "trace events have the HPA, and the device logs a record" placed
ok "poison is cleared" \
	eval "poison clear $((66 * M)) && poison clear $((65 * M + 64)) && errors $((64 * M))"
ok "clearing clean and injecting poisoned addresses succeeds" eval \
	"poison clear $((67 * M)) && poison inject $((64 * M)) && errors $((64 * M))"
beside()
{
	refused "Bad address" inject $((63 * M)) && refused "Bad address" clear $((128 * M)) &&
		refused "Invalid argument" inject $((64 * M + 1)) &&
		refused "Invalid argument" inject $((1024 * M)) && errors $((64 * M))
}
ok "outside the extent and the device: refused" beside
limit()
{
	for i in $(seq 1 15); do
		poison inject $((64 * M + 64 * i)) || return 1
	done
	fails poison inject $((70 * M)) && cxl list -m "$mem" --media-errors >/tmp/errors &&
		equal "$(jq -r '[.. | .media_errors? // empty | .[]] | length' /tmp/errors)" 16
}
ok "injecting beyond the limit is refused" limit
commanded()
{
	by_cxl clear $((64 * M + 64 * 15)) && by_cxl inject 0x4600000 &&
		cxl list -m "$mem" --media-errors >/tmp/errors &&
		equal "$(jq -c '[.. | .media_errors? // empty | .[] | .offset] | sort | .[-2:]' \
			/tmp/errors)" "[$((64 * M + 64 * 14)),$((70 * M))]"
}
not_commanded()
{
	fails by_cxl inject $((71 * M)) && fails by_cxl inject $((63 * M)) &&
		grep -q "Bad address" /tmp/poison.error && fails by_cxl clear $((128 * M)) &&
		grep -q "Bad address" /tmp/poison.error
}
if cxl_has inject-media-poison && cxl_has clear-media-poison; then
	ok "cxl injects and clears poison" commanded
	ok "cxl reports refused injections and clears" not_commanded
else
	skip "cxl injects and clears poison" "this cxl has no inject-media-poison"
	skip "cxl reports refused injections and clears" \
		"this cxl has no inject-media-poison"
fi
released()
{
	dcdctl release "$mem" --tag "$TAG" --wait=60 && errors &&
		dcdctl add "$mem" --at 64M --size 64M --tag "$TAG" --wait=60 >/tmp/out && errors
}
ok "released capacity has no poison when it is added again" released
forced()
{
	poison inject $((64 * M)) && errors $((64 * M)) &&
		dcdctl release "$mem" --tag "$TAG" --force --wait=60 &&
		dcdctl add "$mem" --at 64M --size 64M --tag "$TAG" --wait=60 >/tmp/out && errors &&
		dcdctl release "$mem" --tag "$TAG" --wait=60
}
ok "so does capacity after a forced release" forced
destroy_region "$region"
ok "all modules unload" unload_mock

finish
