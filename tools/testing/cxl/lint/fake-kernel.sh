# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # test-btf2h.sh sets core, work, fake, header, messages
# The build directories that test-btf2h.sh gives to btf2h, of a real one but for what a test
# changes, with the tools that read BTF; and whether btf2h takes or refuses one. Sourced.

# The kernel that runs must not matter, even if it is the one that is faked; and
# what pahole and pfunct said once they need not work out again.
make_tools() {
	local tool
	mkdir "$work/tools" "$work/no-pahole" "$work/no-types" "$work/said"
	ln -s /usr/bin/* "$work/no-pahole"
	rm -f "$work/no-pahole"/{uname,pahole,pfunct}
	cat > "$work/no-pahole/uname" << 'END'
#!/bin/sh
echo "${RUNNING:-0.0.1-none}"
END
	cp -P "$work/no-pahole"/* "$work/tools"
	cp -P "$work/no-pahole"/* "$work/no-types"
	for tool in pahole pfunct; do
		cat > "$work/tools/$tool" << END
#!/bin/sh
# the header must not show before it is whole
[ ! -e "$header" ] || [ -e "$work/had" ] || : > "$work/early"
said="$work/said/\$(echo "$tool \$*" | tr -c 'a-z0-9_\n' -)"
[ -e "\$said" ] || /usr/bin/$tool "\$@" > "\$said"
cat "\$said"
END
		printf '#!/bin/sh\n' > "$work/no-types/$tool"
		chmod +x "$work"/{tools,no-types}/"$tool"
	done
	chmod +x "$work"/{tools,no-pahole,no-types}/uname
}

# The newest kernel of which there is a build directory with its BTF.
find_kernel() {
	local series build
	for series in $(table kernels | awk '{ print $1 }'); do
		for build in /usr/lib/modules/"$series".*/build; do
			[ -e "$build/vmlinux" ] || continue
			readlink -f "$build"
			return
		done
	done
	return 1
}

# fresh: a fake build directory in which all is well, and no header
fresh() {
	# what was said of another vmlinux in this place
	[ "$(readlink "$fake/vmlinux")" = "$real/vmlinux" ] || rm -rf "$work/said"/*
	rm -rf "$fake" "$work/out" "$work/had"
	mkdir -p "$fake/include/config" "$work/out"
	cp "$real"/{.config,Module.symvers,Makefile} "$fake"
	cp "$real/include/config/kernel.release" "$fake/include/config"
	ln -s "$real/vmlinux" "$fake/vmlinux"
}

# a fence of its own, whose forms tests write
make_core() {
	mkdir "$work/core"
	cp "$core"/{btf2h,kernels,requirements,types,functions} "$work/core"
}

# btf2h [VARIABLE=VALUE]...: runs it on the fake; CORE= is the fence
btf2h() {
	rm -rf "$work/tmp"
	mkdir "$work/tmp"
	env -u UNTRIED PATH="$work/tools" TMPDIR="$work/tmp" "$@" \
		"${CORE:-$core}/btf2h" "$fake" "$header" > "$messages" 2>&1
}

# forms [SERIES]...: the fake is of the form of these, and no other form is known
forms() {
	local series
	rm -rf "$work/core/forms" "$work/tmp"
	mkdir "$work/core/forms" "$work/tmp"
	for series; do
		PATH=$work/tools TMPDIR=$work/tmp "$work/core/btf2h" --form "$fake" \
			> "$work/core/forms/$series" 2> "$messages" || return 1
	done
}

# refused PATTERN [VARIABLE=VALUE]...: it is, with one line that has the pattern,
# and leaves nothing behind
refused() {
	local pattern=$1
	shift
	! btf2h "$@" || return 1
	[ "$(wc -l < "$messages")" = 1 ] && grep -q -- "^btf2h: .*$pattern" "$messages" &&
		[ -z "$(find "$work/tmp" "$work/out" -mindepth 1)" ]
}

accepted() {
	btf2h "$@" && [ -s "$header" ] && [ -z "$(ls -A "$work/tmp")" ] &&
		[ "$(ls "$work/out")" = generated.h ]
}

# synthetic [DEFINE]...: a vmlinux whose BTF is that of a core like the ones that know
# of Dynamic Capacity, which no header package has yet: what they have more, in small.
synthetic() {
	cat > "$work/synthetic.c" << 'END'
struct cxl_port { int id; };
struct pending_add_ctx { unsigned int nr_pending; _Bool armed; };
struct cxl_memdev_state {
	unsigned long total_bytes;
#ifdef WIDER
	unsigned long volatile_bytes;
#endif
#ifdef FIELD
	_Bool dcd_supported;
	struct pending_add_ctx add_ctx;
#endif
};
struct cxl_dpa_info { int nr_partitions; };
struct cxl_notify_data { int event; };
struct cxl_driver { int (*notify)(struct cxl_port *port, struct cxl_notify_data *data); };
struct dax_dc_ops { _Bool (*is_extent)(struct cxl_port *port); };
struct dax_region { int id; };
struct cxl_driver a_driver;
struct dax_region a_region;
#ifndef NO_ENUM
enum cxl_decoder_state { CXL_DECODER_STATE_MANUAL, CXL_DECODER_STATE_AUTO } a_state;
#endif

#ifdef TWICE
long other(void)
{
	struct cxl_notify_data { long event, more; } data = { 1, 2 };

	return data.event + data.more;
}
#endif
#ifdef SYMBOL
void cxl_configure_dcd(struct cxl_memdev_state *mds, struct cxl_dpa_info *info)
{
	mds->total_bytes = info->nr_partitions;
}
#endif
#ifdef ONE_ARGUMENT
int cxl_dpa_setup(struct cxl_memdev_state *mds)
{
	return mds->total_bytes;
}
#else
int cxl_dpa_setup(struct cxl_memdev_state *mds, struct cxl_dpa_info *info)
{
	return mds->total_bytes + info->nr_partitions;
}
#endif
#ifdef SYMBOL
struct dax_region *alloc_dax_region(void *parent, int id, void *range, int node,
				    unsigned int align, unsigned long flags,
				    struct dax_dc_ops *ops)
{
	return parent && range && ops ? &a_region : 0;
}
#endif
END
	gcc -g -O0 -c "${@/#/-D}" -o "$work/synthetic.o" "$work/synthetic.c" &&
		pahole --btf_encode_detached="$work/synthetic.btf" "$work/synthetic.o" &&
		ln -sf "$work/synthetic.btf" "$fake/vmlinux" &&
		rm -rf "$work/said"/*
}

# modular [DEFINE]...: the same where the core is a module: the BTF of vmlinux has the DAX
# bus alone, and that of $work/core.ko refers to it
modular() {
	synthetic "$@" || return 1
	# by a long the size of pointers is known
	echo 'long a_long; struct dax_region { int id; } a_region;' > "$work/base.c"
	gcc -g -O0 -c -o "$work/base.o" "$work/base.c" &&
		pahole --btf_encode_detached="$work/base.btf" "$work/base.o" &&
		pahole --btf_base "$work/base.btf" --btf_encode_detached="$work/core.btf" \
			"$work/synthetic.o" &&
		objcopy --add-section .BTF="$work/core.btf" "$work/base.o" "$work/core.ko" &&
		ln -sf "$work/base.btf" "$fake/vmlinux" &&
		sed -i 's/^CONFIG_CXL_BUS=.*/CONFIG_CXL_BUS=m/' "$fake/.config"
}
