#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make shell: boots the newest supported kernel, or that of the series KERNEL,
# with a shell on this terminal.
set -eu
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

[ -t 0 ] || die "make shell needs a terminal"
small_tree
"$VM/tree.sh"
release=$(newest_release)
prepare "$release"
progress "booting Debian's $release"
# what is kept aside is all of a NUMA node
"$VM/guest.sh" -n shell -m 3G -q "$(slow_node 0-1 2G 1G)" \
	-a "$(keep_aside 1G 0x100000000)" -i "$release" "
	stty $(stty size | sed 's/^/rows /; s/ \([0-9]*\)$/ columns \1/') 2> /dev/null
	echo 'The modules are in this directory, the selftests in /selftests.'
	echo 'Try: insmod cxl_redirect.ko; insmod cxl_dcd.ko;'
	echo '     insmod cxl_mock_dcd.ko dc_total_size=4G; cxl list -M'
	echo 'or all that make run shows: ./story.sh. Ctrl-D ends the machine.'
	exec bash"
