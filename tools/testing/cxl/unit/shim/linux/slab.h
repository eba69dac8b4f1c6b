/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_SLAB_H__
#define __SHIM_LINUX_SLAB_H__

#include <linux/overflow.h>
#include <linux/types.h>

typedef unsigned int gfp_t;

#define GFP_KERNEL	0U
#define __GFP_NOFAIL	1U

/**
 * struct shim_slab - what the tests know and decide about memory
 * @objects: allocated now
 * @bytes: asked for by these
 * @calls: allocations so far, failed ones included
 * @fail: the allocations left until one fails, and every one after it but those
 *        that must not; 0: none
 * @max: bytes of the largest object that there is memory for; 0: of any
 */
struct shim_slab {
	size_t objects;
	size_t bytes;
	unsigned long calls;
	unsigned long fail;
	size_t max;
};

extern struct shim_slab shim_slab;

void *kzalloc(size_t size, gfp_t flags);
void kfree(const void *object);

#define kmalloc(size, flags)		kzalloc(size, flags)
#define kcalloc(n, size, flags)		kzalloc(size_mul(n, size), flags)
#define kmalloc_array(n, size, flags)	kzalloc(size_mul(n, size), flags)
#define kvcalloc(n, size, flags)	kzalloc(size_mul(n, size), flags)
#define kvmalloc_array(n, size, flags)	kzalloc(size_mul(n, size), flags)
#define kvfree(object)			kfree(object)

#endif /* __SHIM_LINUX_SLAB_H__ */
