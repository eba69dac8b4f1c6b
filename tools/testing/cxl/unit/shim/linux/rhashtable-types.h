/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_RHASHTABLE_TYPES_H__
#define __SHIM_LINUX_RHASHTABLE_TYPES_H__

#include <linux/types.h>

#define SHIM_BUCKETS	256

struct rhash_head {
	struct rhash_head *next;
};

struct rhashtable_params {
	u16 key_len;
	u16 key_offset;
	u16 head_offset;
	bool automatic_shrinking;
};

/* It does not grow: the tests have few objects in it. */
struct rhashtable {
	struct rhash_head *buckets[SHIM_BUCKETS];
};

int rhashtable_init(struct rhashtable *ht, const struct rhashtable_params *params);
void rhashtable_destroy(struct rhashtable *ht);

#endif /* __SHIM_LINUX_RHASHTABLE_TYPES_H__ */
