/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_UNIT_KUNIT_SLAB_H__
#define __CXL_UNIT_KUNIT_SLAB_H__

/*
 * The compiler includes this before the code that KUnit tests, so that its memory is
 * counted, as shim/slab.c does in user space.
 */
#include <linux/slab.h>

void *unit_kzalloc(size_t size, gfp_t flags);
void *unit_kcalloc(size_t nr, size_t size, gfp_t flags);
void *unit_kvcalloc(size_t nr, size_t size, gfp_t flags);
void unit_kfree(const void *object);
void unit_kvfree(const void *object);

#undef kzalloc
#undef kcalloc
#undef kvcalloc
#define kzalloc(size, flags)		unit_kzalloc(size, flags)
#define kcalloc(nr, size, flags)	unit_kcalloc(nr, size, flags)
#define kvcalloc(nr, size, flags)	unit_kvcalloc(nr, size, flags)
#define kfree(object)			unit_kfree(object)
#define kvfree(object)			unit_kvfree(object)

#endif /* __CXL_UNIT_KUNIT_SLAB_H__ */
