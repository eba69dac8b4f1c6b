#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Prepares the throw-away Debian tree that builds the modules and runs the
# guests, and links build/tree to it; or with CXL_DCD_TREE= the tree of that name
# (lib.sh), and build/tree-NAME.
#
# The finished tree is kept in the cache and shared by all checkouts. It is
# made again when its recipe changes or REFRESH=1 asks for today's archive, and
# never by itself: once made, everything works offline, and a new kernel in the
# archive does not change what a test ran on yesterday. A tree that nobody used
# for a month goes when another one is made.
#
# "tree.sh small" prepares that of make run, unless the other is there.
#
# MIRROR=URI  use this Debian mirror
# REFRESH=1   make the tree again
set -eu -o pipefail
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

# Sets what makes this tree: SUITE, OVERLAYS and PINNED (sources.hook), TABLE, SUPPORTED
# and OLDEST (kernels.hook), GUEST (guest.hook), PACKAGES, HOOKS.
tree_recipe() {
	local from flavours flavour more compiler
	SUPPORTED=$(supported_kernels | sed "s/\$/ $ARCH/")
	GUEST=$(uncommented "$VM/packages" | paste -sd,)
	PACKAGES=$(uncommented "$VM/packages.build" | paste -sd,),$QEMU_PACKAGE
	PINNED=
	case $CXL_DCD_TREE in
	"")
		SUITE=trixie
		OVERLAYS="trixie-backports forky"
		TABLE=$SUPPORTED
		OLDEST=yes
		PACKAGES+=,$GUEST,$(uncommented "$VM/packages.dcdctl" "$VM/packages.check" | paste -sd,)
		HOOKS="kernels tools"
		return
		;;
	run-*)
		SUITE=trixie
		OVERLAYS=trixie-backports
		TABLE=$(grep "^${CXL_DCD_TREE#run-}[[:space:]]" <<< "$SUPPORTED")
		OLDEST=no
		PACKAGES+=,$GUEST,$(uncommented "$VM/packages.dcdctl" | paste -sd,)
		HOOKS=kernels
		return
		;;
	cross-*)
		SUITE=trixie
		OVERLAYS="trixie-backports forky"
		TABLE=$SUPPORTED
		OLDEST=no
		compiler=gcc-${CROSS_PREFIX%-}
		PACKAGES+=,cpio,kmod,${compiler//_/-},libc6-dev:$ARCH
		PACKAGES+=,$(uncommented "$VM/packages.dcdctl" | sed "s/\$/:$ARCH/" | paste -sd,)
		HOOKS="kernels tools guest"
		return
		;;
	esac
	read -r _ SUITE from flavours PINNED more < <(tree_row "$CXL_DCD_TREE") ||
		die "there is no tree '$CXL_DCD_TREE' in the table trees"
	OVERLAYS=
	OLDEST=no
	PINNED=${PINNED#-}
	more=${more#-}
	TABLE=
	HOOKS=
	if [ "$from" = - ]; then
		PACKAGES=$GUEST
	else
		PACKAGES+=,$GUEST
		[ "$from" = "$SUITE" ] || OVERLAYS=$from
		flavours=${flavours//,/ }
		TABLE=$(for flavour in ${flavours//ARCH/$ARCH}; do echo "* $from $flavour"; done)
		HOOKS=kernels
	fi
	PACKAGES+=${more:+,$more}
}

need_mmdebstrap() {
	if [ "$(id -u)" -eq 0 ]; then
		if ! command -v mmdebstrap > /dev/null; then
			progress "installing mmdebstrap"
			apt-get -qq update
			apt-get -qq install -y --no-install-recommends mmdebstrap > /dev/null
		fi
		return
	fi
	if ! command -v mmdebstrap > /dev/null || ! command -v newuidmap > /dev/null; then
		die "mmdebstrap and uidmap are missing: sudo apt-get install mmdebstrap uidmap"
	fi
	grep -q "^$(id -un):" /etc/subuid ||
		die "no subordinate ids: sudo usermod --add-subuids 100000-165535" \
			"--add-subgids 100000-165535 $(id -un)"
}

# Fills MM with mmdebstrap's arguments up to the suite.
mm_arguments() {
	local option value hook settings
	tree_recipe
	settings="SUITE='$SUITE' OVERLAYS='$OVERLAYS' PINNED='$PINNED' TABLE='$TABLE' \
SUPPORTED='$SUPPORTED' OLDEST='$OLDEST' ARCH='$ARCH' GUEST='$GUEST'"
	MM=(
		--variant=essential
		--include="$PACKAGES"
		--aptopt='APT::Install-Recommends "false"'
		--aptopt='Acquire::Languages "none"'
		--aptopt='Acquire::Retries "3"'
		--dpkgopt=force-unsafe-io
		--dpkgopt='path-exclude=/usr/share/doc/*'
		--dpkgopt='path-exclude=/usr/share/man/*'
		--dpkgopt='path-exclude=/usr/share/locale/*'
		--setup-hook="$settings
$(cat "$VM/sources.hook")"
	)
	[ "$ARCH" = "$NATIVE" ] || MM+=(--architectures="$NATIVE,$ARCH")
	for hook in $HOOKS; do
		MM+=(--customize-hook="$settings
$(cat "$VM/$hook.hook")")
	done
	# How this machine's own apt reaches its mirror, and what it accepts
	# from one that is behind, goes for the tree as well.
	for option in Acquire::http::Proxy Acquire::Check-Valid-Until Acquire::Check-Date; do
		value=
		eval "$(apt-config shell value "$option")"
		[ -z "$value" ] || MM+=(--aptopt="$option \"$value\"")
	done
}

# make_tree DIR
make_tree() {
	mm_arguments
	if [ "$(id -u)" -eq 0 ]; then
		mmdebstrap --mode=root "${MM[@]}" "$SUITE" "$1" ${MIRROR:+"$MIRROR"}
	else
		# Unpacked, every file is the user's own: one user namespace
		# with one mapped id can use the tree, and rm can remove it.
		mkdir "$1"
		mmdebstrap --mode=unshare --format=tar "${MM[@]}" "$SUITE" - ${MIRROR:+"$MIRROR"} |
			tar -x -C "$1" --no-same-owner --exclude='./dev/*'
	fi
}

# show_steps FILE: shows mmdebstrap's steps as progress, keeps its log in FILE.
show_steps() {
	tee "$1" | while read -r line; do
		case $line in
		"I: running --"*) ;;
		"I: "*) progress "${line#I: }" ;;
		"kernel "* | "no "*" kernel in "*) progress "$line" ;;
		esac
	done
}

[ "${1:-}" != small ] || small_tree
mkdir -p "$CACHE" "$BUILD/log"
tree=$(tree_path)
exec 9> "$CACHE/lock"
if [ -n "${REFRESH:-}" ] || [ ! -e "$tree" ]; then
	flock -n 9 || { progress "waiting for another run that makes a tree"; flock 9; }
fi
if [ -n "${REFRESH:-}" ] || [ ! -e "$tree" ]; then
	need_mmdebstrap
	progress "making the Debian tree${CXL_DCD_TREE:+ $CXL_DCD_TREE} in $CACHE"
	new=$tree.new
	began=$SECONDS
	rm -rf --one-file-system "$CACHE"/tree-*.new
	trap 'rm -rf --one-file-system "$new"' EXIT
	make_tree "$new" 2>&1 | show_steps "$BUILD/log/tree" || {
		tail -n 20 "$BUILD/log/tree" >&2
		die "cannot make the tree, see above and build/log/tree; is the mirror in reach?"
	}
	# in-tree.sh looks for it, and its age is that of the tree
	echo $((SECONDS - began)) > "$new/made-in-seconds"
	exec 8> "$(tree_lock "$tree")"
	flock -n 8 || { progress "waiting for another run that uses the old one"; flock 8; }
	rm -rf "$tree"
	mv "$new" "$tree"
	exec 8>&-
	find "$CACHE" -maxdepth 1 -name 'tree-*' -mtime +30 ! -path "$tree" -exec rm -rf {} +
	progress "the tree is ready"
fi
touch "$tree"
[ -z "$(find "$tree/made-in-seconds" -mtime +30)" ] ||
	progress "the tree${CXL_DCD_TREE:+ $CXL_DCD_TREE} is more than a month old; REFRESH=1 gets" \
		"what the archive has today"
ln -sfn "$tree" "$TREE"
