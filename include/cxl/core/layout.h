/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_CORE_LAYOUT_H__
#define __CXL_CORE_LAYOUT_H__

/*
 * Whether the private types of the kernel that runs are those that this module was built
 * with. The loader refuses a module for another kernel by what the module carries: its
 * version magic, the versions of symbols, its BTF. A forced load looks at none of the
 * first two, and a module that was built without the kernel's vmlinux has no BTF.
 */
#include <linux/array_size.h>
#include <linux/btf.h>
#include <cxl/core/core.h>
#include <cxl/release.h>

#ifdef CXL_CORE_EXPORTS_bpf_find_btf_id

/**
 * struct cxl_core_size - a private type as this module was built with it
 * @type: "struct " and its name
 * @size: in bytes
 */
struct cxl_core_size {
	const char *type;
	u32 size;
};

static inline int __init cxl_core_check_sizes(void)
{
#define CXL_CORE_SIZE(_type) { "struct " #_type, sizeof(struct _type) },
	static const struct cxl_core_size types[] __initconst = {
		CXL_CORE_PRIVATE_TYPES(CXL_CORE_SIZE)
	};
#undef CXL_CORE_SIZE
	const struct btf_type *found;
	struct btf *btf;
	s32 id;

	for (unsigned int i = 0; i < ARRAY_SIZE(types); i++) {
		/*
		 * It takes a reference that a module cannot give back. The kernel never
		 * frees the BTF of vmlinux, where these types are: those of a core that is
		 * a module are not among them.
		 */
		id = bpf_find_btf_id(types[i].type + strlen("struct "), BTF_KIND_STRUCT, &btf);
		if (id == -ENOENT) {
			pr_err("this kernel has no %s: build the modules for this kernel\n",
			       types[i].type);
			return -ENOEXEC;
		}
		/* without BTF at run time there is nothing to compare with */
		if (id < 0)
			return 0;

		found = btf_type_by_id(btf, id);
		if (found->size != types[i].size) {
			pr_err("was built with a %s of %u bytes, and this kernel's has %u: build the modules for this kernel\n",
			       types[i].type, types[i].size, found->size);
			return -ENOEXEC;
		}
	}
	return 0;
}

#else

static inline int __init cxl_core_check_sizes(void)
{
	return 0;
}

#endif /* CXL_CORE_EXPORTS_bpf_find_btf_id */

/**
 * cxl_core_check_layout() - whether this module was built for the kernel that runs
 *
 * Call it before anything that uses a private type. It compares the releases, and where
 * the kernel lets a module look at its BTF also the sizes of all private structs.
 *
 * Return: 0; -ENOEXEC after a line in the log.
 */
static inline int __init cxl_core_check_layout(void)
{
	int rc = cxl_check_release();

	return rc ?: cxl_core_check_sizes();
}

#endif /* __CXL_CORE_LAYOUT_H__ */
