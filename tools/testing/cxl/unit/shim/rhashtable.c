// SPDX-License-Identifier: GPL-2.0-only
/* What the engine needs of the kernel's resizable hash table: one of fixed size. */
#include <stdlib.h>
#include <string.h>
#include <linux/errno.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

static const void *key_of(const struct rhash_head *head, const struct rhashtable_params *params)
{
	return (const char *)head - params->head_offset + params->key_offset;
}

/* FNV-1a */
static struct rhash_head **bucket_of(struct rhashtable *ht, const void *key,
				     const struct rhashtable_params *params)
{
	const u8 *bytes = key;
	u32 hash = 2166136261U;

	for (u16 i = 0; i < params->key_len; i++)
		hash = (hash ^ bytes[i]) * 16777619U;
	return &ht->buckets[hash % SHIM_BUCKETS];
}

int rhashtable_init(struct rhashtable *ht, const struct rhashtable_params *params)
{
	*ht = (struct rhashtable) {};
	return 0;
}

/* The kernel's does not look whether it is empty; what is left here was forgotten. */
void rhashtable_destroy(struct rhashtable *ht)
{
	for (unsigned int i = 0; i < SHIM_BUCKETS; i++)
		if (ht->buckets[i])
			abort();
}

void *rhashtable_lookup_fast(struct rhashtable *ht, const void *key,
			     struct rhashtable_params params)
{
	struct rhash_head *head = *bucket_of(ht, key, &params);

	while (head && memcmp(key_of(head, &params), key, params.key_len))
		head = head->next;
	return head ? (char *)head - params.head_offset : NULL;
}

/* May fail as any allocation: the kernel's needs memory to grow. */
int rhashtable_insert_fast(struct rhashtable *ht, struct rhash_head *head,
			   struct rhashtable_params params)
{
	struct rhash_head **bucket = bucket_of(ht, key_of(head, &params), &params);
	void *memory = kzalloc(1, GFP_KERNEL);

	if (!memory)
		return -ENOMEM;
	kfree(memory);
	head->next = *bucket;
	*bucket = head;
	return 0;
}

int rhashtable_remove_fast(struct rhashtable *ht, struct rhash_head *head,
			   struct rhashtable_params params)
{
	struct rhash_head **link = bucket_of(ht, key_of(head, &params), &params);

	while (*link && *link != head)
		link = &(*link)->next;
	if (!*link)
		return -ENOENT;
	*link = head->next;
	return 0;
}
