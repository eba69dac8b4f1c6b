#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What a group costs the host by how many are live: the time from an offer until
# its DAX device is there, and from a release until it is gone, for the mock and
# for QEMU's device over QMP, and where that time goes. Runs in a guest that
# controls its QEMU. The oldest group goes and comes again each time.
set -eu

CYCLES=15
LOADS=5
SIZE=0x200000
POLL=10
trace=/sys/kernel/tracing

cd /selftests
PATH=$PWD:$PATH
# shellcheck source=tools/testing/selftests/cxl/lib.sh
. ./lib.sh
# shellcheck source=tools/testing/selftests/cxl/qemu.sh
. ./qemu.sh

modprobe cxl_dcd
need_qemu

# to_memdev MODULE [PARAMETER]...: microseconds from modprobe until there is a
# memdev, the least of some
to_memdev()
{
	for _ in $(seq $LOADS); do
		! loaded "$1" || rmmod "$1"
		daxtime "$devices/mem0" there run modprobe "$@"
	done >/tmp/loads
	least /tmp/loads
}

# Others use this machine too: the least is what is least disturbed.
least()
{
	sort -n "$1" | head -n 1
}

rmmod cxl_pci
mock_load=$(to_memdev cxl_mock_dcd dc_total_size=1G)
rmmod cxl_mock_dcd
qemu_load=$(to_memdev cxl_pci)
wait_for 20 qemu_memdev

echo $POLL >/sys/module/cxl_dcd/parameters/poll_ms
load_mock dc_total_size=4G dc_backing=phantom
mock=$(realpath "$devices/$(mock_memdev)/..")
mock_region=$(create_region 3G)
mem=$(cd "$devices" && for mem in mem*; do
	[ "$mem" = "$(mock_memdev)" ] || [ ! -e "$mem/dynamic_ram_1" ] || echo "$mem"; done)
decoder=$(cxl list -D -d root -m "$mem" | jq -er '[.. | .decoder? // empty][0]')
qemu_region=$(cxl create-region -m -t ram -d "$decoder" \
	-s "$(($(cat "$devices/$mem/dc_region0/length")))" "$mem" | jq -er .region)

# request KIND COMMAND SLOT: QMP's
request()
{
	policy='"selection-policy": "prescriptive", "tag": ""'
	[ "$2" = add ] || policy='"removal-policy": "prescriptive"'
	echo "{\"execute\": \"cxl-$2-dynamic-capacity\", \"arguments\": {
		\"path\": \"$qemu_device\", \"host-id\": 0, \"region\": 0, $policy,
		\"extents\": [{\"offset\": $(($3 * SIZE)), \"len\": $((SIZE))}]}}"
}

# add KIND SLOT, release KIND SLOT: prints the microseconds. An extent has the
# link when its DAX device has its memory.
add()
{
	case $1 in
	mock)
		id=${mock_region#region}
		daxtime "$devices/dax_region$id/extent$id.$(($2 + 1))/dax" there \
			write "$mock/dc_inject_extent" "$(($2 * SIZE)):$SIZE::0" ;;
	qemu)
		id=${qemu_region#region}
		daxtime "$devices/dax_region$id/extent$id.$(($2 + 1))/dax" there \
			run qmp "$qmp_port" "$(request qemu add "$2")" ;;
	esac
}
release()
{
	case $1 in
	mock)
		daxtime "/sys/bus/dax/devices/dax${mock_region#region}.$2" gone \
			write "$mock/dc_del_extent" "$(($2 * SIZE)):$SIZE:" ;;
	qemu)
		daxtime "/sys/bus/dax/devices/dax${qemu_region#region}.$2" gone \
			run qmp "$qmp_port" "$(request qemu release "$2")" ;;
	esac
}

# add_again: as soon as the device has it back, which is later than it is gone here
add_again()
{
	for _ in $(seq 200); do
		! add "$@" 2>/tmp/error || return 0
	done
	cat /tmp/error
	return 1
}

# What the host calls, by who it belongs to; the rest of events_work is its own.
watch_host()
{
	echo 0 >"$trace/tracing_on"
	echo function_graph >"$trace/current_tracer"
	for function in events_work devm_create_dev_dax mapping_store devres_release_group \
		devres_open_group devres_close_group device_add device_del put_device \
		sysfs_create_link sysfs_remove_link dcd_get_records dcd_clear_records \
		dcd_send_extents __request_region __release_region; do
		echo "$function" >>"$trace/set_ftrace_filter"
	done
	echo events_work >"$trace/set_graph_function"
	echo funcgraph-proc >"$trace/trace_options"
	echo 16384 >"$trace/buffer_size_kb"
}

# where_time_goes LIVE: in us, from the trace: all, the mailbox, the DAX bus, its
# list of ranges within that, the driver core, the host's own. What a function of
# the list calls is its own, but for that list. Of the looks at the log that find
# an offer the quickest counts, and of those that find a release; the other
# device is polled meanwhile.
where_time_goes()
{
	awk -v live="$1" '
		function account(task, level, name, us) {
			if (name ~ /^__(request|release)_region$/)
				sum[task, "list"] += us
			if (level == 1 && name == "events_work")
				finish_look(task, us)
			if (level != 2)
				return
			if (name == "devm_create_dev_dax")
				sum[task, "created"] = 1
			if (name ~ /^dcd_/)
				sum[task, "mailbox"] += us
			else if (name ~ /^(devm_create_dev_dax|mapping_store|devres_release_group)$/)
				sum[task, "dax"] += us
			else
				sum[task, "driver"] += us
		}
		function finish_look(task, us, what, kind) {
			what = sum[task, "created"] ? "offer" : "release"
			if (sum[task, "dax"] && (!least[what] || us < least[what])) {
				least[what] = us
				sum[task, "all"] = us
				for (kind in kinds)
					best[what, kind] = sum[task, kind]
			}
			for (kind in kinds)
				delete sum[task, kind]
			delete sum[task, "created"]
		}
		BEGIN {
			split("all mailbox dax list driver", names)
			for (i in names)
				kinds[names[i]]
		}
		/^#/ || split($0, part, "|") < 3 { next }
		{
			task = part[1]
			sub(/^.*\) */, "", task)
			us = match(part[2], /[0-9.]+ us/) ? substr(part[2], RSTART, RLENGTH) + 0 : 0
			name = part[3]
			sub(/^ */, "", name)
			sub(/[ (].*/, "", name)
		}
		part[3] ~ /\{ *$/ { stack[task, ++depth[task]] = name; next }
		part[3] ~ /\}/ {
			if (depth[task] > 0) {
				account(task, depth[task], stack[task, depth[task]], us)
				depth[task]--
			}
			next
		}
		part[3] ~ /;/ { account(task, depth[task] + 1, name, us) }
		END {
			for (kind in kinds)
				all[kind] = best["offer", kind] + best["release", kind]
			own = all["all"] - all["mailbox"] - all["dax"] - all["driver"]
			printf "%d %.0f %.0f %.0f %.0f %.0f %.0f\n", live, all["all"],
				all["mailbox"], all["dax"], all["list"], all["driver"], own
		}' "$trace/trace"
}

# measure KIND LIVE
measure()
{
	: >/tmp/add
	: >/tmp/release
	slot=0
	for _ in $(seq $CYCLES); do
		release "$1" $slot >>/tmp/release
		add_again "$1" $slot >>/tmp/add
		slot=$(((slot + 1) % $2))
	done
	echo "$1 $2 $(least /tmp/add) $(least /tmp/release)" >>/tmp/times
}

# KiB that neither are free nor could be
used()
{
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^MemTotal:/ { total = $2 }
	     /^(MemFree|Buffers|Cached|SReclaimable):/ { free += $2 }
	     END { print total - free }' /proc/meminfo
}

# Apart, since the trace takes time itself.
trace_host()
{
	echo >"$trace/trace"
	echo 1 >"$trace/tracing_on"
	for _ in $(seq $CYCLES); do
		release "$1" $slot >/dev/null
		add_again "$1" $slot >/dev/null
		slot=$(((slot + 1) % $2))
	done
	echo 0 >"$trace/tracing_on"
	where_time_goes "$2" >>/tmp/shares
}

: >/tmp/times
: >/tmp/shares
watch_host
mock_live=0
qemu_live=0
for live in 1 16 128 1024; do
	[ $live -lt 1024 ] || before=$(used)
	while [ $mock_live -lt $live ]; do
		add mock $mock_live >/dev/null
		mock_live=$((mock_live + 1))
	done
	[ $live -lt 1024 ] || group_memory=$((($(used) - before) * 1024 / (1024 - 128)))
	measure mock $live
	trace_host mock $live
	[ $live -le 128 ] || continue
	while [ $qemu_live -lt $live ]; do
		add qemu $qemu_live >/dev/null
		qemu_live=$((qemu_live + 1))
	done
	measure qemu $live
done

echo
echo "groups live    device    offer to DAX device    to 1    release to gone    to 1"
awk '{
	if (!($1 in add)) { add[$1] = $3; release[$1] = $4 }
	printf "%11d    %-6s %19.1f ms %7.2f x %12.1f ms %7.2f x\n", $2, $1,
		$3 / 1000, $3 / add[$1], $4 / 1000, $4 / release[$1]
}' /tmp/times
echo "QEMU's time is also that of its monitor, and of a poll each $POLL ms."
echo
echo "Of the host's work on a release and an offer with the mock, traced:"
echo "groups live        all  mailbox  driver core  DAX bus  its list  cxl_dcd    to 1"
awk '{
	if (NR == 1)
		own = $7
	printf "%11d %7.2f ms %6.1f %% %10.1f %% %6.1f %% %7.1f %% %6.1f %% %5.2f x\n", $1, $2 / 1000,
		100 * $3 / $2, 100 * $6 / $2, 100 * $4 / $2, 100 * $5 / $2, 100 * $7 / $2, $7 / own
}' /tmp/shares

# for the table of make bench
printf 'figure\tmodprobe to memdev\t%s\tus\t\t%s\n' "$mock_load" "$qemu_load"
awk '{
	add[$1, $2] = $3
	release[$1, $2] = $4
	if ($1 == "mock")
		order[++nr] = $2
} END {
	for (i = 1; i <= nr; i++)
		printf "figure\toffer to DAX device, %s groups live\t%s\tus\t%s\t%s\n", order[i],
			add["mock", order[i]], add["mock", 1], add["qemu", order[i]]
	for (i = 1; i <= nr; i++)
		printf "figure\trelease to gone, %s groups live\t%s\tus\t%s\t%s\n", order[i],
			release["mock", order[i]], release["mock", 1], release["qemu", order[i]]
}' /tmp/times
printf 'figure\tmemory of a group, all of the kernel\t%s\tB\t\t\n' "$group_memory"
