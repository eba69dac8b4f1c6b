#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# stress.sh SECONDS: does to the mock and its host all that user space can do,
# at once and against each other, for SECONDS, or longer until all have had their
# way once; and for SECONDS again while one in 50 allocations fails. What it does
# may be refused: it fails if the kernel reports something, hangs, or does not end
# in the state that it should.
#
# The workers are in workers.sh and workers-bind.sh. They are started again until the
# time is up.
set -eu
debug=$(dirname "$0")
# shellcheck source=tools/testing/cxl/debug/lib.sh
. "$debug/lib.sh"
# shellcheck source=tools/testing/cxl/debug/workers.sh
. "$debug/workers.sh"
# shellcheck source=tools/testing/cxl/debug/workers-bind.sh
. "$debug/workers-bind.sh"

seconds=$1
# for the last round of a worker, on a slow kernel
last_seconds=300
tracing=/sys/kernel/tracing
# more than can be
failures_max=1000000000

# run WORKER SEED: until the time is up; counts what it did
run()
{
	set +e
	seed=$2
	worked=0
	refused=0
	rounds=0
	echo "0 0 0" >"$state/$1"
	exec 9>"$state/probes" 8>"$state/pins"
	while [ ! -e "$state/stop" ]; do
		"worker_$1"
		rounds=$((rounds + 1))
		echo "$rounds $worked $refused" >"$state/$1"
	done >/dev/null 2>&1
	: >"$state/$1.ended"
}

# Leaves out of the log what the kernel says where kvmalloc() fails in both of its ways:
# that is what failslab is for. It may begin in one piece of the log and end in the next.
not_failslab()
{
	awk -v file="$state/within" '
		BEGIN {
			getline within <file
			close(file)
		}
		/vmalloc error: size/ { within = 1 }
		!within
		/<\/TASK>/ { within = 0 }
		END { print within + 0 >file }'
}

# watch_log FILTER: the log would not hold all that is refused: it is judged while it grows.
watch_log()
{
	while :; do
		if dmesg -c | "$1" | find_reports >"$state/reports"; then
			cat "$state/reports" >>/run/reports
			return 1
		fi
		[ ! -e "$state/ended" ] || return 0
		usleep 1000000
	done
}

# fail_allocations PERCENT: of those that the host and the mock ask for
fail_allocations()
{
	only_ours_fail
	echo "$failures_max" >"$failslab/times"
	echo "$1" >"$failslab/probability"
}

# Whether any has failed: what may still fail is counted down.
some_failed()
{
	failed=$((failures_max - $(cat "$failslab/times")))
	echo "# $failed allocations failed" >&3
	[ "$failed" -gt 0 ]
}

# idle PERCENT "WORKER...": sets idle to those that have not had their way yet; where
# allocations fail it is enough to have tried.
idle()
{
	idle=
	for worker in $2; do
		read -r rounds worked refused <"$state/$worker" || { rounds=0; worked=0; }
		[ "$1" = 0 ] || worked=$rounds
		[ "$worked" -gt 0 ] || idle="$idle $worker"
	done
	[ -n "$idle" ]
}

# begun PERCENT: those who use memory have
begun()
{
	! idle "$1" "$users"
}

# start "WORKER..."
start()
{
	for worker in $1; do
		roll 65536
		run "$worker" "$seed" &
	done
}

all_ended()
{
	for worker in $workers; do
		[ -e "$state/$worker.ended" ] || return 1
	done
}

# Who does not end, and where it is: the processes, and what else waits for a lock.
tasks()
{
	for task in /proc/[0-9]*; do
		stat=$(cat "$task/stat") || continue
		stat=${stat##*) }
		words=$(tr '\0' ' ' <"$task/cmdline") || continue
		[ -n "$words" ] || [ "${stat%% *}" = D ] || continue
		echo "${task##*/} $(cat "$task/comm"), ${stat%% *}: $words"
		cat "$task/stack"
	done 2>/dev/null
	for worker in $workers; do
		[ -e "$state/$worker.ended" ] || echo "does not end: $worker"
	done
}

# fight PERCENT: all at once, while so many allocations fail; stops as soon as the
# kernel reports something
fight()
{
	rm -rf "$state"
	mkdir "$state"
	load || return 1
	fail_allocations "$1"
	seed=$(date +%s)
	if [ "$1" = 0 ]; then
		watch_log cat &
	else
		watch_log not_failslab &
	fi
	watcher=$!
	# Memory is seldom there for long once all are at work: those who use it begin.
	start "$users"
	wait_for 120 begun "$1" || echo "# yet to work:$idle" >&3
	start "${workers#"$users"}"
	uptime_now
	until_second=$((now + seconds))
	while [ "$now" -lt "$until_second" ] && [ ! -s /run/reports ]; do
		usleep 500000
		uptime_now
	done
	# some need what others do first, and may have been unlucky
	until_second=$((until_second + 600))
	while idle "$1" "$workers" && [ "$now" -lt "$until_second" ] && [ ! -s /run/reports ]; do
		usleep 500000
		uptime_now
	done
	touch "$state/stop"
	wait_for "$last_seconds" all_ended || {
		cat /run/reports
		tasks
		stuck=1
		return 1
	}
	echo 0 >/sys/kernel/debug/failslab/probability
	touch "$state/ended"
	wait "$watcher"
}

# extents: what the devices have given away, and what waits for an answer
extents()
{
	for mem in "$devices"/mem*; do
		[ -e "$mem" ] || continue
		device=$(basename "$(realpath "$mem/..")")
		awk -v mem="${mem##*/}" 'NR > 1 { print mem, $1, $2, $6 }' "$debugfs/$device/extents"
	done
}

no_regions()
{
	for region in "$devices"/region*; do
		[ ! -e "$region" ] || delete_region "$region"
	done
	free_capacity
	! ls -d "$devices"/region*
}

nothing_given()
{
	! extents | grep -E 'accepted|releasing'
}

calm()
{
	wait_for 30 no_regions && wait_for 30 nothing_given
}

# agree: what the devices have given and what the host has taken are the same
# extents. A line each: memory device, DPA and length.
agree()
{
	extents | awk '$4 == "accepted" || $4 == "releasing" { print $1, $2, $3 }' |
		sort >/tmp/given
	for extent in "$devices"/dax_region*/extent*; do
		[ -e "$extent" ] || continue
		region=$(realpath "$extent/../..")
		decoder=$devices/$(cat "$region/target0")
		mem=$(basename "$(realpath "$decoder/../uport")")
		printf '%s %#x %#x\n' "$mem" \
			$(($(cat "$decoder/dpa_resource") + $(cat "$extent/offset"))) \
			$(($(cat "$extent/length")))
	done | sort >/tmp/taken
	diff /tmp/given /tmp/taken
}

# The stock kernel loses a reference to a memory device, and with it the device, when
# its endpoint has lost its driver once more before the core's work for that could run:
# cxl_endpoint_port_probe() has taken one for each time, and the work gives back one.
# The workers keep clear of it, but where allocations fail probing does it by itself.
# schedule_cxl_memdev_detach() tells that it was so.
# shellcheck disable=SC2016 # it is the kernel that expands $retval
watch_lost()
{
	echo 'r:cxl_dcd/lost schedule_cxl_memdev_detach queued=$retval:u8' >"$tracing/kprobe_events"
	mkdir -p "$tracing/instances/lost"
	echo 'queued == 0' >"$tracing/instances/lost/events/cxl_dcd/lost/filter"
	echo 1 >"$tracing/instances/lost/events/cxl_dcd/lost/enable"
}

count_lost()
{
	grep -c ' queued=0$' "$tracing/instances/lost/trace" || :
}

memdevs()
{
	[ "$(cd "$devices" && echo mem* | wc -w)" = 4 ] || return 1
	for mem in "$devices"/mem*; do
		[ "${mem##*/mem}" -lt $((4 + lost)) ] || {
			echo "there is ${mem##*/}, where the stock kernel has lost $lost"
			return 1
		}
	done
}

# A memory device that something still refers to keeps its number, whether or not
# kmemleak finds it. There were four at once, at the most.
numbers_are_free()
{
	lost=$(count_lost)
	[ "$lost" = 0 ] || echo "# $lost that the stock kernel has lost" >&3
	load || return 1
	for dir in a b c; do
		mkdir "$configfs/$dir" && echo 1G >"$configfs/$dir/dc_total_size" &&
			echo 1 >"$configfs/$dir/live" || return 1
	done
	wait_for 20 memdevs && unload
}

# all_worked PERCENT: every worker must have had its way at least once
all_worked()
{
	for worker in $workers; do
		read -r rounds worked refused <"$state/$worker"
		echo "# $worker: $rounds rounds, $worked done, $refused refused" >&3
	done
	! idle "$1" "$workers" || { echo "did nothing:$idle"; return 1; }
}

exec 3>&1
modprobe configfs
modprobe device_dax
modprobe kmem
# what is online cannot go with its region: stock kmem leaves it behind
echo offline >/sys/devices/system/memory/auto_online_blocks
stuck=
watch_lost
begin 12
# the console is slow
dmesg -n 1
# at: how long all of it has taken
at()
{
	uptime_now
	echo "# at $now s"
}
for percent in 0 2; do
	at
	ok "all at once, $percent % of allocations fail, $seconds s" fight $percent
	# what comes next would wait for the same
	[ -z "$stuck" ] || exit 1
	at
	ok "every worker did something" all_worked $percent
	[ $percent = 0 ] || ok "allocations failed" some_failed
	ok "device and host agree on the extents" wait_for 60 agree
	ok "the regions go, and all that was given with them" calm
	ok "the modules unload" unload
done
ok "no memory device is left" numbers_are_free
at
finish
