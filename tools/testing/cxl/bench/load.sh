#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What a device costs by its size: time to load and unload it, memory while it
# is there. Runs in a guest; sizes take turns, so that drift hits all alike.
set -eu

ROUNDS=10
BATCH=5
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

modprobe cxl_dcd
# the first load is one of its own: it brings in code and allocators' caches
modprobe cxl_mock_dcd dc_total_size=1G
rmmod cxl_mock_dcd

for size in $sizes; do
	echo 0 >"/tmp/time.$size"
	echo 0 >"/tmp/memory.$size"
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

		before=$(used)
		modprobe cxl_mock_dcd dc_total_size="$size"
		took=$(($(used) - before))
		rmmod cxl_mock_dcd
		echo $(($(cat "/tmp/memory.$size") + took)) >"/tmp/memory.$size"
	done
done

echo "dc_total_size    load and unload    to 1G    memory    to 1G"
for size in $sizes; do
	awk -v size="$size" -v loads=$((ROUNDS * BATCH)) -v rounds=$ROUNDS \
	    -v time="$(cat "/tmp/time.$size")" -v base_time="$(cat /tmp/time.1G)" \
	    -v memory="$(cat "/tmp/memory.$size")" -v base_memory="$(cat /tmp/memory.1G)" '
		BEGIN {
			printf "%-13s %12.0f ms %11.2f x %5.0f KiB %6.2f x\n", size,
				time * 10 / loads, time / base_time,
				memory / rounds, memory / base_memory
		}'
done
