#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# in-tree.sh COMMAND...: runs COMMAND in the tree, in the caller's directory.
#
# The tree's root is a tmpfs in a mount namespace of its own, with the tree's
# /usr, /etc and /var, the machine's /proc, /sys, /dev and /tmp, and the
# checkout. So nothing is ever mounted below build/ or the cache as others see
# them: nothing is left behind, and rm -rf cannot reach through a mount.
set -eu
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

[ -e "$TREE/made-in-seconds" ] || die "no tree yet: run make prepare"

if [ "$(id -u)" -eq 0 ]; then
	namespace=(unshare --mount --propagation private)
	"${namespace[@]}" true 2> /dev/null ||
		die "this machine does not let root mount (a container?): run it with CAP_SYS_ADMIN"
else
	namespace=(unshare --map-root-user --mount --propagation private)
	"${namespace[@]}" true 2> /dev/null ||
		die "user namespaces are not allowed here: run as root, or" \
			"sudo sysctl kernel.unprivileged_userns_clone=1" \
			"kernel.apparmor_restrict_unprivileged_userns=0"
fi

# Shared for as long as COMMAND runs: nobody replaces the tree meanwhile.
tree=$(readlink -f "$TREE")
exec 9> "$(tree_lock "$tree")"
flock -s 9

mkdir -p "$BUILD/root"
exec "${namespace[@]}" /bin/sh "$VM/enter.sh" "$tree" "$CACHE/debug" "$BUILD/root" "$TOP" "$@"
