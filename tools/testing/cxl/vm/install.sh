#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# install.sh DEBS OUT RELEASE...: installs the packages in DEBS by apt, where the
# kernels RELEASE are and one that does not fit, packs for each RELEASE an initramfs
# OUT/RELEASE.packages.cpio with what they put there, and purges them. Fails if a kernel
# has no modules, if the one that does not fit is not skipped with the line that says why,
# or if anything is left. Runs in the tree, of which it changes only a layer that goes
# with this script.
set -eu

debs=$1
out=$2
shift 2
vm=$(cd "$(dirname "$0")" && pwd)
layer=$(mktemp -d /run/layer.XXXXXX)
modules=/usr/lib/modules
unfit=6.12.0-unfit

fail() {
	echo "install.sh: $*" >&2
	exit 1
}

# the tree has no mount but busybox's, and its root takes no layer itself
busybox mount -t tmpfs -o mode=0755 none "$layer"
# Only the kernels that are asked for, with the modules that a guest gets: depmod reads
# them all each time that DKMS installs or removes something.
for release; do
	kernel=$layer/modules/$release
	mkdir -p "$kernel"
	find "$modules/$release" -maxdepth 1 ! -type d -exec cp -P -t "$kernel" {} +
	grep -v '^#' "$vm/modules" |
		xargs modprobe -q --config /dev/null --set-version "$release" --all --show-depends |
		sed -n "s,^insmod .*/$release/\([^ ]*\).*,\1,p" | sort -u |
		(cd "$modules/$release" && xargs cp --parents -t "$kernel")
done
# and one that lacks an option
build=$layer/modules/$unfit/build
mkdir -p "$build/include/config"
echo "$unfit" > "$build/include/config/kernel.release"
grep -v '^CONFIG_CXL_REGION=' "$modules/$1/build/.config" > "$build/.config"
for file in Makefile Module.symvers vmlinux include/generated; do
	ln -s "$modules/$1/build/$file" "$build/$file"
done
for dir in /usr /etc /var; do
	mkdir -p "$layer/upper$dir" "$layer/work$dir"
	busybox mount -t overlay overlay "$dir" \
		-o "lowerdir=$dir,upperdir=$layer/upper$dir,workdir=$layer/work$dir"
done
busybox mount --bind "$layer/modules" "$modules"
# as on a machine, where documentation is installed
rm -f /etc/dpkg/dpkg.cfg.d/99mmdebstrap

# All but what belongs to others: the data bases and the logs of dpkg and apt, the key of
# dkms, what depmod writes.
files() {
	find /usr /etc /var "$modules" -xdev ! -path '/var/lib/dpkg/*' ! -path '/var/lib/apt/*' \
		! -path '/var/log/*' ! -path '/var/cache/*' ! -path '/var/lib/dkms/mok.*' \
		! -name 'modules.*' | sort
}

# As a user types it. The tree has what the packages depend on, so nothing is fetched.
apt() {
	command apt -y -o APT::Sandbox::User=root "$@"
}

files > "$layer/before"
# The maintainer script builds for each kernel that has its headers.
status=0
apt install "$debs"/cxl-dcd-*.deb > "$layer/said" 2>&1 || status=$?
cat "$layer/said"
[ "$status" = 0 ] || {
	cat /var/lib/dkms/cxl-dcd/*/build/make.log || true
	fail "the packages do not install"
}
for release; do
	modinfo -k "$release" -n cxl_mock_dcd | grep '/updates/dkms/cxl_mock_dcd\.ko' ||
		fail "modprobe does not find the modules for $release"
done
grep -q "btf2h: kernel $unfit lacks CONFIG_CXL_REGION=y" "$layer/said" ||
	fail "nothing says why $unfit does not fit"
[ ! -e "$modules/$unfit/updates" ] || fail "$unfit has modules"

"$vm/pack-tools.sh" "$layer/tools"
for release; do
	root=$layer/root
	rm -rf "$root"
	mkdir -p "$root/lib/modules/$release/updates" "$root/usr/libexec" "$root/root" "$root/bin"
	cp -r "$modules/$release/updates/dkms" "$root/lib/modules/$release/updates/"
	cp -r /usr/libexec/cxl-dcd "$root/usr/libexec/"
	cp /usr/bin/dcdctl "$root/bin/"
	cp "$vm/init" "$root/"
	cp "$vm/package-guest.sh" "$root/root/"
	# Debian's DKMS compresses modules, and kmod opens this one itself
	xz=$(ldd /usr/bin/xz | grep -o '/[^ ]*/liblzma[^ ]*')
	mkdir -p "$root${xz%/*}"
	cp -L "$xz" "$root$xz"
	"$vm/pack-modules.sh" "$release" "$layer/stock"
	(
		cat "$layer/tools" "$layer/stock"
		cd "$root"
		find . | cpio --quiet -o -H newc -R 0:0
	) > "$out/$release.packages.cpio"
done

apt purge cxl-dcd-dkms cxl-dcd-tools
files > "$layer/after"
diff "$layer/before" "$layer/after" || fail "the packages have left something, or taken it"
! grep -r cxl_mock_dcd "$modules"/*/modules.* || fail "depmod still knows the modules"
