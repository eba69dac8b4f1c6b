#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Options of dcdctl: what create can make, several extents in one request, --dry-run
# of all that changes something, and what bash completes.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./lib-dcdctl.sh

TAG=11111111-2222-3333-4444-555555555555
TAG2=22222222-3333-4444-5555-666666666666

begin 19
need_dcdctl
load_base
need_no_mock
. ./lib-configfs.sh
modprobe device_dax
insert cxl_mock_dcd

dry_create()
{
	equal "$(dcdctl create a --size 1G --block-size 4M --sharable 1 --read-only 2 \
		--ram-size 256M --window-base 0 --window-size 4G --max-extents 9 --max-tags 8 \
		--poison-limit 7 --alerts 1 --qos-class 6 --serial 5 --backing phantom --regions 2 \
		--region-size 3 --devices 3 \
		--extent x \
		--extent y -n |
		sed -n 's|^echo \([^ ]*\) > .*/a/|\1 |p' | sort | xargs)" \
		"0 window_base 1 alerts 1 live 1 sharable 1G dc_total_size 2 num_dc_regions 2 readonly \
256M ram_size 3 devices 3 region_size 4G window_size 4M dc_block_size 5 serial 6 qos_class 7 poison_limit 8 max_tags 9 max_extents \
phantom dc_backing x,y dc_extents"
}
ok "create --dry-run: an attribute for each option" dry_create
attributes()
{
	mkdir "$root/a"
	for file in "$root"/a/*; do
		[ -f "$file" ] || continue
		case ${file##*/} in
		live) continue ;;
		*) dcdctl create a --size 1G --block-size 4M --sharable 1 --read-only 2 \
			--ram-size 256M --window-base 0 --window-size 4G --max-extents 9 \
			--max-tags 8 --poison-limit 7 --alerts 1 --qos-class 6 --serial 5 --backing phantom \
			--regions 2 --region-size 3 --devices 3 --extent x -n | grep -q "/${file##*/}\$" || { echo "no option sets $file"; return 1; } ;;
		esac
	done
	rmdir "$root/a"
}
ok "create has an option for each attribute" attributes
everything()
{
	dcdctl create a --size 1G --block-size 4M --sharable 1 --read-only 2 --ram-size 256M \
		--max-extents 9 --max-tags 8 --poison-limit 7 --alerts 1 --serial 0x77 --backing phantom \
		--regions 2 \
		--extent 0x10000000:0x400000:"$TAG":0 --extent 0x30000000:0x800000:"$TAG2" \
		>/tmp/out || return 1
	equal "$(jq -c '[.dc_regions[] | .sharable, .read_only]' /tmp/out)" \
		"[true,false,false,true]" &&
		equal "$(jq -c '[.extents[] | .dpa, .size, .state]' /tmp/out)" \
			'[268435456,4194304,"accepted",805306368,8388608,"accepted"]' &&
		equal "$(cat "$root/a/max_extents" "$root/a/max_tags" "$root/a/ram_size" \
			"$root/a/poison_limit" "$root/a/alerts" | xargs)" "9 8 268435456 7 1"
}
ok "create with all options" everything
ok "destroy removes that device" dcdctl destroy a

dcdctl create b --size 1G --regions 2 --backing phantom --sharable 2 >/tmp/out
b=$(jq -er .memdev /tmp/out)
create_region 1G >/tmp/region
several()
{
	dcdctl add b --at 16M --size 4M --at 0 --size 8M --tag "$TAG" --wait=60 >/tmp/out &&
		equal "$(jq -c '[.extents[] | .dpa, .size, .state]' /tmp/out)" \
			'[16777216,4194304,"accepted",0,8388608,"accepted"]' &&
		dcdctl release b --tag "$TAG" --wait=60
}
ok "add of two extents with a tag: the host has both" several
several_released()
{
	dcdctl add b --at 16M --at 32M --size 2M --wait=60 >/tmp/out &&
		equal "$(jq -c '[.extents[] | .dpa, .size, .state]' /tmp/out)" \
			'[16777216,2097152,"accepted",33554432,2097152,"accepted"]' &&
		dcdctl release b --at 16M --at 32M --size 2M --wait=60 &&
		dcdctl list b | jq -e '.[0].extents == []'
}
ok "add and release of two extents of one size" several_released
in_order()
{
	dcdctl add b --at 544M --at 512M --size 2M --tag "$TAG" --wait=60 >/tmp/out &&
		equal "$(jq -c '[.extents[] | .dpa, .sequence]' /tmp/out)" \
			"[570425344,0,536870912,1]" &&
		equal "$(dcdctl list b | jq -c '[.[0].extents[] | .dpa, .sequence, .state]')" \
			'[536870912,1,"accepted",570425344,0,"accepted"]' &&
		dcdctl release b --tag "$TAG" --wait=60
}
ok "add of two sharable extents keeps their order" in_order
wrong()
{
	while IFS='|' read -r words text; do
		# shellcheck disable=SC2086 # words
		ends 2 "$text" dcdctl $words || return 1
	done <<-EOL
		add b --at 0 --size 2M --at 4M --size 2M --at 8M|--size is given 2 times and --at 3 times
		add b --size 2M --size 4M|--size is given 2 times and --at 0 times
		add b --at 0 --at 2M --size 4M|overlaps 4M at 0
		add b --at 0 --at 512M --size 4M|--at 0x20000000 is in DC region 1, the ones before in 0
		add b --at 0 --size 2M --at 4M --size 0|--size 0: must not be 0
		add b --at 0 --size 2M --at 4M --size x|--size x: must be a 64-bit number
		release b --at 0 --at 1M --size 2M|--at 1M: must be a multiple
	EOL
}
ok "invalid --at and --size: 2, and one line" wrong
ok "more --at than fit in one request: 2" eval \
	"ends 2 'at most 60 options\|at most 64 options' dcdctl add b \$(seq 0 2 200 | sed 's/.*/--at &M/') --size 2M"
ok "the refused commands have added nothing" eval "dcdctl list b | jq -e '.[0].extents == []'"

# dry WORDS...: prints a line that does the same, and does nothing
dry()
{
	dcdctl list b >/tmp/before && dcdctl "$@" --dry-run >/tmp/dry &&
		dcdctl list b >/tmp/after && cmp /tmp/before /tmp/after &&
		grep -q "^printf '.*' | dcdctl raw $b " /tmp/dry && sh -c "$(cat /tmp/dry)"
}
accepted()
{
	wait_for 60 eval "dcdctl list b | jq -e '[.[0].extents[] | .state] == [\"accepted\"]'"
}
gone()
{
	wait_for 60 eval "dcdctl list b | jq -e '.[0].extents == []'"
}
ok "add --dry-run" eval "dry add b --region 1 --size 4M --tag $TAG --wait && accepted"
ok "ref add --dry-run" eval "dry ref add b --tag $TAG &&
	dcdctl list b | jq -e '.[0].tags[0].referenced'"
ok "ref remove --dry-run" eval "dry ref remove b --tag $TAG &&
	dcdctl list b | jq -e '.[0].tags[0].referenced | not'"
ok "release --dry-run" eval "dry release b --tag $TAG --wait && gone"
ok "config --dry-run" eval "dry config b --region 1 --block-size 4M &&
	dcdctl list b | jq -e '.[0].dc_regions[1].block_size == 4194304'"
ok "raw --dry-run" eval "printf '\\000' | dcdctl raw b 0100 -n | grep -Fx \
	\"printf '\\\\000' | dcdctl raw $b 0100\""
dry_kept()
{
	dcdctl backend attach b --tag "$TAG" --size 4M -n >/tmp/dry &&
		grep -q "^mkdir $root/b/backends/$TAG\$" /tmp/dry && [ ! -e "$root/b/backends/$TAG" ] &&
		dcdctl destroy b -n | grep -q "^rmdir $root/b\$" && [ -e "$root/b" ]
}
ok "backend and destroy --dry-run" dry_kept

completion=/usr/share/bash-completion/completions/dcdctl
[ -e $completion ] || completion=../../../cxl/dcdctl/completion.bash
# completes WORDS... : the last is completed; prints what it can be
completes()
{
	# shellcheck disable=SC2016 # for bash
	bash -c '. "$1"; shift
		COMP_WORDS=(dcdctl "$@") COMP_CWORD=$#
		_dcdctl dcdctl
		printf "%s\n" "${COMPREPLY[@]}"' bash "$completion" "$@" | sort | xargs
}
completed()
{
	equal "$(completes "")" \
		"add backend config create destroy event health list map monitor raw ref release" &&
		equal "$(completes re)" "ref release" &&
		equal "$(completes add m)" "$b" &&
		equal "$(completes add "")" "b $b" &&
		equal "$(completes list "$b" --h)" "--help --human" &&
		equal "$(completes backend "")" "attach detach" &&
		equal "$(completes backend attach "")" "b $b" &&
		equal "$(completes backend attach b --ki)" --kind &&
		equal "$(completes add b --policy f)" free &&
		equal "$(completes add b --tag "")" new &&
		equal "$(completes health b --status m)" maintenance &&
		equal "$(completes create x --backing "")" "none phantom reserved" &&
		equal "$(completes create x --no)" ""
}
if command -v bash >/dev/null && [ -e $completion ]; then
	ok "bash completes commands, devices, options and their values" completed
else
	skip "bash completes commands, devices, options and their values" "bash is missing"
fi
dcdctl destroy b
ok "nothing is left" eval "[ -z \"\$(ls $root)\" ] && rmmod cxl_mock_dcd"

finish
