# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# QEMU's device with Dynamic Capacity, and the QMP commands of its fabric
# manager. Sourced after lib.sh.

qmp_port=${CXL_DCD_QMP:-/run/qmp}

# need_qemu: the port, and a device behind it
need_qemu()
{
	need_program qmp daxmem
	[ -e "$qmp_port" ] ||
		skip_all "no port $qmp_port to the monitor of QEMU: see tools/testing/cxl/vm/guest.sh -c, or set CXL_DCD_QMP"
	{ modprobe cxl_acpi && modprobe cxl_pci; } 2>/dev/null ||
		skip_all "cannot load cxl_acpi and cxl_pci"
	qemu_device=$(qemu_find_device) ||
		skip_all "QEMU has no cxl-type3 device with volatile-dc-memdev and num-dc-regions"
	wait_for 20 qemu_memdev || skip_all "no CXL device on PCI without static memory"
}

# the path in QEMU of the first device with DC regions
qemu_find_device()
{
	devs=/machine/peripheral
	for name in $(qmp "$qmp_port" \
		"{\"execute\": \"qom-list\", \"arguments\": {\"path\": \"$devs\"}}" |
			jq -r '.[] | select(.type == "child<cxl-type3>") | .name'); do
		regions=$(qmp "$qmp_port" "{\"execute\": \"qom-get\", \"arguments\":
			{\"path\": \"$devs/$name\", \"property\": \"num-dc-regions\"}}")
		[ "$regions" -gt 0 ] || continue
		echo "$devs/$name"
		return
	done
	return 1
}

# the name of its memdev, with a partition of Dynamic Capacity or without
qemu_memdev()
{
	for mem in $(cxl list -M -i | jq -r '.[] | select(.host | startswith("0000:")) |
			select(.ram_size == 1 or .ram_size == null) | .memdev'); do
		echo "$mem"
		return
	done
	for mem in /sys/bus/cxl/devices/mem*/dynamic_ram_1; do
		[ -e "$mem" ] || return 1
		basename "$(dirname "$mem")"
		return
	done
}

# extents OFFSET:LENGTH...: as JSON
extents()
{
	for range; do
		printf '{"offset": %d, "len": %d}\n' $((${range%:*})) $((${range#*:}))
	done | jq -cs .
}

# qemu_add REGION TAG OFFSET:LENGTH...: prints what QEMU says, fails if it refuses
qemu_add()
{
	region=$1
	tag=$2
	shift 2
	qmp "$qmp_port" "$(jq -cn --arg path "$qemu_device" --argjson region "$region" \
		--arg tag "$tag" --argjson extents "$(extents "$@")" '{
			execute: "cxl-add-dynamic-capacity", arguments: {
				path: $path, "host-id": 0, "selection-policy": "prescriptive",
				region: $region, tag: $tag, extents: $extents}}')"
}

# qemu_release REGION OFFSET:LENGTH...: the same
qemu_release()
{
	region=$1
	shift
	qmp "$qmp_port" "$(jq -cn --arg path "$qemu_device" --argjson region "$region" \
		--argjson extents "$(extents "$@")" '{
			execute: "cxl-release-dynamic-capacity", arguments: {
				path: $path, "host-id": 0, "removal-policy": "prescriptive",
				region: $region, extents: $extents}}')"
}

# qemu_refuses TEXT COMMAND...: with this error
qemu_refuses()
{
	text=$1
	shift
	if said=$("$@"); then
		echo "was accepted"
		return 1
	fi
	equal "$(echo "$said" | jq -r .desc)" "$text"
}
