#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What a device costs by its size: time to load and unload it, memory while it
# is there. Runs in a guest; sizes take turns, so that drift hits all alike. The
# kernel frees some memory late, which hides a single device: memory is that of
# several, made in configfs, and the median of all rounds.
set -eu

booted=$(cut -d ' ' -f 1 /proc/uptime)

ROUNDS=10
BATCH=5
DEVICES=8
root=/sys/kernel/config/cxl_mock_dcd
sizes="1G 64G 16T"

# in 1/100 s
now()
{
	awk '{ print int($1 * 100) }' /proc/uptime
}

# KiB that neither are free nor could be
used()
{
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^MemTotal:/ { total = $2 }
	     /^(MemFree|Buffers|Cached|SReclaimable):/ { free += $2 }
	     END { print total - free }' /proc/meminfo
}

# devices 1|0: writes to the live of all; 1 makes them
devices()
{
	for number in $(seq $DEVICES); do
		echo "$1" >"$root/$number/live"
	done
}

# set_size SIZE: of all; windows small enough for all to fit
set_size()
{
	for number in $(seq $DEVICES); do
		mkdir "$root/$number"
		echo "$1" >"$root/$number/dc_total_size"
		echo 256M >"$root/$number/window_size"
	done
}

modprobe cxl_dcd
# the first load is one of its own: it brings in code and allocators' caches
modprobe cxl_mock_dcd dc_total_size=1G
rmmod cxl_mock_dcd

for size in $sizes; do
	echo 0 >"/tmp/time.$size"
	: >"/tmp/memory.$size"
done

for _ in $(seq $ROUNDS); do
	for size in $sizes; do
		start=$(now)
		for _ in $(seq $BATCH); do
			modprobe cxl_mock_dcd dc_total_size="$size"
			rmmod cxl_mock_dcd
		done
		took=$(($(now) - start))
		echo $(($(cat "/tmp/time.$size") + took)) >"/tmp/time.$size"
	done
done

modprobe cxl_mock_dcd
for _ in $(seq $ROUNDS); do
	for size in $sizes; do
		set_size "$size"
		before=$(used)
		devices 1
		echo $((($(used) - before) / DEVICES)) >>"/tmp/memory.$size"
		devices 0
		rmdir "$root"/*
	done
done

median()
{
	sort -n "$1" | sed -n "$((ROUNDS / 2))p"
}

echo "dc_total_size    load and unload    to 1G    memory    to 1G"
for size in $sizes; do
	awk -v size="$size" -v loads=$((ROUNDS * BATCH)) \
	    -v time="$(cat "/tmp/time.$size")" -v base_time="$(cat /tmp/time.1G)" \
	    -v memory="$(median "/tmp/memory.$size")" -v base_memory="$(median /tmp/memory.1G)" '
		BEGIN {
			printf "%-13s %12.0f ms %11.2f x %5.0f KiB %6.2f x\n", size,
				time * 10 / loads, time / base_time,
				memory, base_memory ? memory / base_memory : 0
		}'
done

# for the table of make bench
printf 'figure\tboot until a command runs\t%s\ts\t\t\n' "$booted"
for size in $sizes; do
	printf 'figure\tload and unload a device of %s\t%s\tms\t%s\t\n' "$size" \
		$(($(cat "/tmp/time.$size") * 10 / (ROUNDS * BATCH))) \
		$(($(cat /tmp/time.1G) * 10 / (ROUNDS * BATCH)))
	printf 'figure\tmemory of a device of %s\t%s\tKiB\t%s\t\n' "$size" \
		"$(median "/tmp/memory.$size")" "$(median /tmp/memory.1G)"
done
awk -v all="$(median /tmp/memory.16T)" -v one="$(median /tmp/memory.1G)" 'BEGIN {
	printf "figure\tmemory of each GiB of unbacked capacity, 1G to 16T\t%.1f\tB\t\t\n",
		(all - one) * 1024 / (16 * 1024 - 1)
}'
