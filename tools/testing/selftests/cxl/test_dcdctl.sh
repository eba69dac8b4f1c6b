#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# dcdctl with the mock: every subcommand, what it refuses and with which exit status,
# and that what fails is undone. With QEMU's device see test_qemu_dcdctl.sh.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./lib-dcdctl.sh

TAG=11111111-2222-3333-4444-555555555555
TAG2=22222222-3333-4444-5555-666666666666

begin 63
need_program daxmem
need_dcdctl
load_base
need_no_mock
. ./lib-configfs.sh
modprobe device_dax
insert cxl_mock_dcd

helps()
{
	for words in "" list map add release config "ref add" "ref remove" create destroy \
		"backend attach" "backend detach" event monitor raw ref backend; do
		# shellcheck disable=SC2086 # words
		dcdctl $words --help >/tmp/out || return 1
		grep -q "^usage: dcdctl${words:+ $words} " /tmp/out || { cat /tmp/out; return 1; }
	done
}
ok "--help on every level" helps
ok "no command: usage" ends 2 "" dcdctl
usage()
{
	while IFS='|' read -r words text; do
		# shellcheck disable=SC2086 # words
		ends 2 "$text" dcdctl $words || return 1
	done <<-EOF
		lst|lst: unknown command
		list --foo|--foo: unknown option
		list a b|'b': dcdctl list takes
		map|dcdctl map needs <memdev>
		add mem0|--size is missing
		add mem0 --size|--size needs an argument
		add mem0 --size 0|--size 0: must not be 0
		add mem0 --size 1Q|--size 1Q: must be a 64-bit number
		add mem0 --size -1|--size -1: must be a 64-bit number
		add mem0 --size 99999999999999999999|must be a 64-bit number
		add mem0 --size 16777216T|must be a 64-bit number
		add mem0 --size 1G --size 1G|--size is given 2 times and --at 0 times
		add mem0 --size 1G --tag new --tag new|--tag is given twice
		add mem0 --size 1G --tag 5|--tag 5: must be a UUID
		add mem0 --size 1G --tag 00000000-0000-0000-0000-000000000000|other than zero
		add mem0 --size 1G --policy best|--policy best: must be free,
		add mem0 --size 1G --policy free --at 0|omit --at
		add mem0 --size 1G --policy prescriptive|needs --at
		add mem0 --size 1G --shared|--shared: offers the extents
		release mem0|release needs
		release mem0 --at 0|release needs
		config mem0 --region 0|config needs
		ref add mem0|--tag is missing
		ref mem0|mem0: unknown command
		create a/b --size 1G|a/b: must be a name
		create dev|--size is missing
		backend attach dev|backend attach needs
		backend detach dev --tag new|--tag is missing
		raw mem0 xyz|xyz: must be an opcode
		--qmp x create dev --size 1G|--qmp: not supported
	EOF
}
ok "invalid arguments: 2, and one line" usage
ok "no devices: an empty list" eval "dcdctl list | jq -e 'length == 0'"
ok "an unknown device: 1" ends 1 "mem7: no such device" dcdctl map mem7

dry()
{
	equal "$(dcdctl create a --size 1G --regions 2 --extent x --dry-run)" \
"mkdir $root/a
echo 1G > $root/a/dc_total_size
echo 2 > $root/a/num_dc_regions
echo x > $root/a/dc_extents
echo 1 > $root/a/live" && [ ! -e "$root/a" ] &&
		equal "$(dcdctl destroy a -n)" "echo 0 > $root/a/live
rmdir $root/a"
}
ok "create --dry-run prints the commands, and changes nothing" dry
refused_create()
{
	ends 1 "dc_total_size=1G: must be a multiple of num_dc_regions" dcdctl create a \
		--size 1G --regions 3 && [ ! -e "$root/a" ] &&
		ends 1 "dc_backing=gold: must be none, phantom or reserved" dcdctl create a \
			--size 1G --backing gold && [ ! -e "$root/a" ]
}
ok "an invalid device: the mock's reason, and no directory is left" refused_create
created()
{
	dcdctl create a --size 1G --serial 0x3001 >/tmp/out || return 1
	a=$(jq -er .memdev /tmp/out) && equal "$(cat "$devices/$a/serial")" 0x3001 &&
		equal "$(jq -r '.name, .dc_regions[0].size, .dc_regions[0].free' /tmp/out | xargs)" \
			"a 1073741824 1073741824"
}
ok "create makes a device and prints it" created
again()
{
	ends 1 "a already exists" dcdctl create a --size 1G && [ -e "$devices/$a" ]
}
ok "create of an existing name is refused, and the device stays" again
ok "a device is found by each of its names" \
	eval "for called in $a a \$(basename \$(realpath $devices/$a/fm)) \
	\$(basename \$(realpath $devices/$a/..)); do dcdctl list \$called | jq -e 'length == 1'; done"
ok "add without a backend: the device's reason" ends 1 \
	"the capacity has no backing.*attach a backend" \
	dcdctl add "$a" --size 256M --tag "$TAG"
ok "backend attach of an invalid size: refused" ends 1 \
	"a/backends/.*size.*must be a multiple of the block size" dcdctl backend attach a --tag "$TAG" --size 3M
ok "a refused backend attach leaves no directory" fails ls "$root"/a/backends/*
ok "backend attach" eval "dcdctl backend attach $a --tag $TAG --size 256M | jq -e '.size == 268435456'"
ok "list shows the backend" eval "dcdctl list a | jq -e \
	'.[0].backends == [{tag: \"$TAG\", size: 268435456, kind: \"phantom\", state: \"free\"}]'"
ok "an offer that the host refuses: 1, with the host's reason" ends 1 \
	"the host has not accepted it: not mapped by a region" \
	dcdctl add a --size 256M --tag "$TAG" --wait=60
ok "a refused offer is not pending" eval "dcdctl list a | jq -e '.[0].extents == []'"

region=$(cxl create-region -m -t ram -d "$(root_decoder_of "$(mock_endpoint)")" -s 1G "$a" |
	jq -er .region) || region=
added()
{
	dcdctl add "$a" --size 256M --tag "$TAG" --wait=60 >/tmp/out &&
		equal "$(jq -rc '.tag, (.extents[] | .size, .state, .dc_region)' /tmp/out |
			xargs)" "$TAG 268435456 accepted 0"
}
ok "add --wait: the host has accepted" added
ok "and made a DAX device" equal "$(jq -r '.extents[0].dax' /tmp/out)" "dax${region#region}.0"
used()
{
	equal "$(dcdctl list "$a" | jq -r '.[0].extents[0] | .region, .dax, .mode' | xargs)" \
		"$region dax${region#region}.0 disabled"
}
ok "list shows its region, its DAX device and the mode" used
ok "list -u is for people" eval "dcdctl list -u | jq -e '.[0].extents[0].size == \
	\"256.00 MiB (268.44 MB)\" and .[0].serial == \"0x3001\"'"
ok "map draws it" eval "dcdctl map $a | grep -q '^0 |\.*################\.*| 1G, 768M free'"
ok "add of an extent that exists: the device's reason" \
	ends 1 "in use" dcdctl add a --size 256M --tag "$TAG"
ok "backend detach while it is in use: refused" ends 1 "an extent uses it (bound)" \
	dcdctl backend detach a --tag "$TAG"
released()
{
	dcdctl release "$a" --tag "$TAG" --wait=60 &&
		dcdctl list a | jq -e '.[0] | .extents == [] and .backends[0].state == "free"'
}
ok "release --wait: the host has released" released
# The host responds to the device before there is a DAX device.
named_each_time()
{
	for _ in $(seq 20); do
		dcdctl add "$a" --size 256M --tag "$TAG" --wait=60 >/tmp/out &&
			jq -e '.extents | all(.dax)' /tmp/out &&
			dcdctl release "$a" --tag "$TAG" --wait=60 || return 1
	done
}
ok "add --wait: names the DAX device each time" named_each_time
claim=/sys/module/cxl_dcd/parameters/claim
unclaimed()
{
	echo user >"$claim" && dcdctl add "$a" --size 256M --tag "$TAG" --wait=60 >/tmp/out &&
		jq -e '.extents[0] | .state == "accepted" and .dax == null' /tmp/out &&
		dcdctl release "$a" --tag "$TAG" --wait=60
}
ok "add --wait: where users claim, waits for no DAX device" unclaimed
echo auto >"$claim"
ok "release of an unknown tag: refused" ends 1 "" dcdctl release a --tag "$TAG"
detached()
{
	dcdctl backend detach a --tag "$TAG" && ! ls "$root"/a/backends/* 2>/dev/null
}
ok "backend detach" detached
ok "of what there is not: refused" ends 1 "no backend has tag" dcdctl backend detach a --tag "$TAG"
destroyed()
{
	dcdctl backend attach a --tag "$TAG2" --size 256M && dcdctl destroy a &&
		[ ! -e "$root/a" ] && [ ! -e "$devices/$a" ]
}
ok "destroy, with its backends" destroyed
ok "of what there is not: refused" ends 1 "a: no such device" dcdctl destroy a

# A device without backends: policies, ranges, references, configuration
phantom()
{
	dcdctl create b --size 1G --regions 2 --backing phantom --sharable 2 >/tmp/out &&
		b=$(jq -er .memdev /tmp/out) && equal "$(jq -c '[.dc_regions[].sharable]' /tmp/out)" \
			"[false,true]"
}
ok "create a phantom device with a sharable region" phantom
ok "config" eval "dcdctl config b --region 0 --block-size 4M && dcdctl list b | jq -e \
	'.[0].dc_regions[0].block_size == 4194304'"
ok "config with an invalid size: refused" ends 1 "must be a power of two" \
	dcdctl config b --region 0 --block-size 3M
ok "config of an unknown DC region: usage" \
	ends 2 "b has 2 DC regions\|must be a number from 0 to 1" \
	dcdctl config b --region 2 --block-size 4M
ok "a size that is no multiple of the block size: usage, with the nearest" ends 2 \
	"--size 6M: must be a multiple of DC region 0's block size 4M, nearest is 4M" \
	dcdctl add b --size 6M
ok "an address outside the DC regions: usage" ends 2 "must lie in one DC region" \
	dcdctl add b --at 0x1fc00000 --size 8M
create_region 1G >/tmp/region
range()
{
	dcdctl add b --at 64M --size 64M --wait=60 >/tmp/out &&
		equal "$(jq -rc '.tag, (.extents[] | .dpa, .size, .state)' /tmp/out | xargs)" \
			"null 67108864 67108864 accepted" &&
		dcdctl release b --at 64M --size 64M --wait=60 &&
		dcdctl list b | jq -e '.[0].extents == []'
}
ok "a range without a tag, added and released" range
new_tag()
{
	dcdctl add b --size 64M --tag new --policy contiguous --wait=60 >/tmp/out &&
		tag=$(jq -er .tag /tmp/out) && jq -e '.extents | length == 1' /tmp/out &&
		dcdctl release b --tag "$tag" --wait=60
}
ok "a new tag, contiguous" new_tag
fragments()
{
	dcdctl add b --at 0 --size 128M --wait=60 && dcdctl add b --at 256M --size 64M --wait=60 &&
		dcdctl add b --size 256M --tag "$TAG" --wait=60 >/tmp/out &&
		equal "$(jq '[.extents[].size] | add' /tmp/out)" 268435456 &&
		ends 1 "" dcdctl add b --size 256M --policy contiguous --wait=60 &&
		dcdctl release b --tag "$TAG" --wait=60 &&
		dcdctl release b --at 0 --size 128M --wait=60 &&
		dcdctl release b --at 256M --size 64M --wait=60
}
ok "policy free uses several extents where contiguous fails" fragments
shared()
{
	dcdctl add b --region 1 --size 64M --tag "$TAG" --wait=60 >/tmp/out &&
		jq -e '.extents[0].sequence == 0' /tmp/out && dcdctl ref add b --tag "$TAG" &&
		dcdctl list b | jq -e '.[0].tags[0].referenced' &&
		dcdctl release b --tag "$TAG" --wait=60 &&
		dcdctl list b | jq -e '.[0].extents[0].state == "held"' &&
		dcdctl map b | grep '^1 |.*=' &&
		dcdctl add b --region 1 --shared --tag "$TAG" --wait=60 &&
		dcdctl list b | jq -e '.[0].extents[0].state == "accepted"'
}
ok "ref add keeps sharable capacity, and --shared offers it again" shared
unreferenced()
{
	dcdctl ref remove b --tag "$TAG" && ends 1 "no reference" dcdctl ref remove b --tag "$TAG" &&
		dcdctl release b --tag "$TAG" --wait=60 &&
		dcdctl list b | jq -e '.[0].extents == []'
}
ok "ref remove frees the capacity" unreferenced
ok "release --force" eval "dcdctl add b --at 0 --size 4M --wait=60 &&
	dcdctl release b --at 0 --size 4M --force --wait=60"

raw()
{
	equal "$(dcdctl raw b 5600 </dev/null | od -An -tx1 -N2)" " 01 02" &&
		equal "$(printf '\000' | dcdctl raw b 0x0100 | wc -c)" 32 &&
		equal "$(dcdctl raw b 0003h </dev/null | od -An -tx1)" " 0c"
}
ok "raw" raw
ok "raw of an unknown command: refused" ends 1 "Unsupported, 03h" \
	dcdctl raw b 5609
ok "raw with too long a payload: usage" eval \
	"head -c 4097 /dev/zero | ends 2 'at most 4096 bytes' dcdctl raw b 5600"

# What becomes of what is printed
ok "a full disk: 1" eval "[ -c /dev/full ] && ends 1 'No space left' eval 'dcdctl list >/dev/full'"
ok "standard output closed: 1" ends 1 "standard output" eval "dcdctl list >&-"
ok "help to a full disk: 1" ends 1 "No space left" eval "dcdctl add --help >/dev/full"
monitored()
{
	dcdctl monitor -j b >/tmp/monitored 2>/tmp/error &
	monitor=$!
	if ! { wait_for 60 eval "ls -d /sys/kernel/tracing/instances/dcdctl-$monitor" &&
		dcdctl add b --at 0 --size 4M --wait=60 &&
		dcdctl release b --at 0 --size 4M --wait=60 &&
		wait_for 60 grep -q '"released"' /tmp/monitored; }; then
		cat /tmp/error
		return 1
	fi
	# the FM's log begins with what nobody has cleared before
	wait_for 60 eval "jq -r 'select(.from == \"fm\") | .event' /tmp/monitored | tail -n 2 |
		xargs | grep -x 'accepted released'" &&
		wait_for 60 eval "jq -r 'select(.from == \"host\") | .event' /tmp/monitored | xargs |
			grep -x 'accepted released'"
}
ok "monitor -j shows the FM's events and the host's decisions" monitored
stopped()
{
	kill -TERM "$monitor" && wait "$monitor" && ! ls -d /sys/kernel/tracing/instances/dcdctl-*
}
ok "monitor ends with 0 on a signal, and leaves nothing behind" stopped
piped()
{
	{ dcdctl monitor b; echo $? >/tmp/status; } 2>/tmp/error | head -n 1 >/tmp/first &
	wait_for 60 eval "ls -d /sys/kernel/tracing/instances/dcdctl-*" || return 1
	for _ in 1 2 3; do
		dcdctl add b --at 0 --size 4M --wait=60 >/tmp/out &&
			dcdctl release b --at 0 --size 4M --wait=60 || return 1
		[ ! -s /tmp/status ] || break
	done
	wait_for 20 test -s /tmp/status && equal "$(cat /tmp/status)" 1 &&
		grep -q accepted /tmp/first && ! ls -d /sys/kernel/tracing/instances/dcdctl-*
}
ok "monitor ends when nobody reads it" piped
at_once()
{
	for n in 1 2 3 4; do
		dcdctl add b --size 16M --tag new --wait=60 >"/tmp/out$n" &
	done
	wait
	for n in 1 2 3 4; do
		jq -er '.extents[] | .dpa, .state' "/tmp/out$n" | xargs
	done | sort -u >/tmp/all
	equal "$(grep -c accepted /tmp/all)" 4 && for n in 1 2 3 4; do
		dcdctl release b --tag "$(jq -r .tag "/tmp/out$n")" --wait=60 || return 1
	done
}
ok "four at once get different extents" at_once
untagged_at_once()
{
	for n in 1 2 3 4; do
		dcdctl add b --size 16M --wait=60 >"/tmp/out$n" &
	done
	wait
	equal "$(cat /tmp/out? | jq -r '.extents[].dpa' | sort -u | wc -l)" 4 &&
		equal "$(cat /tmp/out? | jq -r '.extents[].state' | xargs)" \
			"accepted accepted accepted accepted" &&
		for dpa in $(cat /tmp/out? | jq -r '.extents[].dpa'); do
			dcdctl release b --at "$dpa" --size 16M --wait=60 || return 1
		done
}
ok "so do four at once without tags" untagged_at_once

# Nobody answers where no driver is bound; the FM reaches the device all the same.
fm=$(basename "$(realpath "$devices/$b/fm")")
platform=$(basename "$(realpath "$devices/$b/..")")
echo "$platform" >/sys/bus/platform/drivers/cxl_mock_dcd/unbind
ok "a device without a driver is found by its FM device" eval \
	"dcdctl list $fm | jq -e '.[0] | (has(\"memdev\") | not) and .fm == \"$fm\"'"
ok "--wait ends in time: 3" ends 3 "no response from the host within 0.5 s: the offer is still pending" \
	dcdctl add "$fm" --size 4M --tag "$TAG" --wait=0.5
ok "the offer of --wait is still pending" eval "dcdctl list $fm | jq -e \
	'.[0] | .extents[0].state == \"pending\" and .tags[0].pending'"
ok "map draws it" eval "dcdctl map $fm | grep '^0 |.*?'"
ok "release --force withdraws a pending offer" \
	eval "dcdctl release $fm --tag $TAG --force --wait=60 &&
	dcdctl list $fm | jq -e '.[0] | (.extents == []) and (has(\"tags\") | not)'"
ok "destroy of a device without a driver" dcdctl destroy b

# In use: of memory
in_use()
{
	dcdctl create c --size "$reserved_size" --backing reserved \
		--window-base "$reserved_at" >/tmp/out && c=$(jq -er .memdev /tmp/out) &&
		create_region "$reserved_size" >/tmp/region &&
		dcdctl add "$c" --size 4M --tag "$TAG" --wait=60 &&
		wait_for 20 eval "dcdctl list $c | jq -e '.[0].extents[0].mode == \"devdax\"'" ||
		return 1
	dax=/dev/$(dcdctl list "$c" | jq -r '.[0].extents[0].dax')
	rm -f /tmp/hold /tmp/held
	mkfifo /tmp/hold
	wait_for 20 test -c "$dax"
	daxmem "$dax" hold 0 2M </tmp/hold >/tmp/held &
	holder=$!
	exec 7>/tmp/hold
	wait_for 20 grep -q holding /tmp/held &&
		ends 3 "the host still has 4M at 0x0 after 1 s: dax.*: release requested while mapped" \
			dcdctl release c --tag "$TAG" --wait=1 &&
		dcdctl list "$c" | jq -e '.[0].extents[0].state == "releasing"' &&
		dcdctl map "$c" | grep '^0 |.*<'
	status=$?
	exec 7>&-
	wait "$holder"
	[ "$status" = 0 ] && wait_for 60 eval "dcdctl list c | jq -e '.[0].extents == []'"
}
if find_reserved; then
	ok "release --wait of a mapped extent: 3, with the host's reason" in_use
	dcdctl destroy c
else
	skip "release --wait of a mapped extent: 3, with the host's reason" "$no_reserved"
fi
ok "nothing is left" eval "[ -z \"\$(ls $root)\" ] && rmmod cxl_mock_dcd"

finish
