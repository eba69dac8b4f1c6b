/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_RHASHTABLE_H__
#define __SHIM_LINUX_RHASHTABLE_H__

#include <linux/rhashtable-types.h>

void *rhashtable_lookup_fast(struct rhashtable *ht, const void *key,
			     struct rhashtable_params params);
int rhashtable_insert_fast(struct rhashtable *ht, struct rhash_head *head,
			   struct rhashtable_params params);
int rhashtable_remove_fast(struct rhashtable *ht, struct rhash_head *head,
			   struct rhashtable_params params);

#endif /* __SHIM_LINUX_RHASHTABLE_H__ */
