# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# shellcheck disable=SC2154 # lib.sh sets devices
# Devices that are made in configfs, by their serial numbers. Sourced after
# lib-configfs.sh.

# endpoint SERIAL: of the device, by its name; not by cxl, which takes long
endpoint()
{
	for endpoint in "$devices"/endpoint*; do
		{ [ -e "$endpoint/driver" ] && read -r serial <"$endpoint/uport/serial"; } || continue
		[ $((serial)) != $(($1)) ] || { echo "${endpoint##*/}"; return; }
	done
	return 1
}

# any_memdev SERIAL: with an endpoint or without
any_memdev()
{
	for memdev in "$devices"/mem*; do
		read -r serial <"$memdev/serial" || continue
		[ $((serial)) != $(($1)) ] || { echo "${memdev##*/}"; return; }
	done
	return 1
}

# memdev SERIAL: its name; fails until it has an endpoint
memdev()
{
	endpoint "$1" >/dev/null && any_memdev "$1"
}

# live DEVICE SERIAL
live()
{
	put 1 "$1/live" && wait_for 20 memdev "$2"
}

# inject SERIAL ATTRIBUTE TEXT
inject()
{
	printf '%s' "$3" | inject_input "$1" "$2"
}

# inject_input SERIAL ATTRIBUTE: what comes on stdin
inject_input()
{
	dd of="$(realpath "$devices/$(any_memdev "$1")/..")/$2" \
		2>/tmp/put.error || { cat /tmp/put.error; return 1; }
}

# region SERIAL SIZE: over that device, by its name
region()
{
	decoder=$(root_decoder_of "$(endpoint "$1")") &&
		cxl create-region -m -t ram -d "$decoder" -s "$2" "$(memdev "$1")" | jq -er .region
}

# listing: the devices that there are, to compare before and after
listing()
{
	ls "$devices" /sys/bus/platform/devices
}
