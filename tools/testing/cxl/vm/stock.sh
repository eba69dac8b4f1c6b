#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# stock.sh NAME PROGRAM [ARGUMENT]...: prints where the archive NAME of the tree is. PROGRAM
# of this directory packs it, into the file that is its last argument, if there is none yet
# or if the program or the list of modules is newer.
set -eu
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

name=$1
program=$2
shift 2
dir=$BUILD/initramfs
tree=$(basename "$(readlink -f "$TREE")")
stock=$dir/$name-$tree.stock

mkdir -p "$dir"
if [ ! -e "$stock" ] || [ "$VM/$program" -nt "$stock" ] || [ "$VM/modules" -nt "$stock" ]; then
	# those of this tree as it was before
	rm -f "$dir/$name-${tree%-*}"-????????????????.stock
	in_tree "$VM/$program" "$@" "$stock.new"
	mv "$stock.new" "$stock"
fi
echo "$stock"
