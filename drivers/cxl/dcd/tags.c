// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tags in use. A tag names one allocation on all of this host, whatever device it is on.
 */
#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "dcd.h"

/* Nothing is taken inside it, and nothing sleeps. */
static DEFINE_SPINLOCK(dcd_tags_lock);
static struct rb_root dcd_tags = RB_ROOT;

static struct dcd_group *tag_node_to_group(const struct rb_node *node)
{
	return rb_entry(node, struct dcd_group, tag_node);
}

static int tag_compare(const void *tag, const struct rb_node *node)
{
	return memcmp(tag, &tag_node_to_group(node)->tag, sizeof(uuid_t));
}

static int tag_compare_groups(struct rb_node *left, const struct rb_node *right)
{
	return tag_compare(&tag_node_to_group(left)->tag, right);
}

/**
 * dcd_tag_in_use() - whether a group of any device of this host has a tag
 * @tag: the tag
 *
 * Takes dcd_tags_lock; another device may change the answer as soon as it is given up.
 */
bool dcd_tag_in_use(const u8 tag[16])
{
	bool in_use;

	spin_lock(&dcd_tags_lock);
	in_use = rb_find(tag, &dcd_tags, tag_compare);
	spin_unlock(&dcd_tags_lock);
	return in_use;
}

/**
 * dcd_tag_find() - the group under a DAX region that has a tag
 * @region: the region
 * @tag: the tag
 *
 * Context: the worker of the region's device. Takes dcd_tags_lock.
 * Return: NULL if no group has the tag, or one of another region.
 */
struct dcd_group *dcd_tag_find(const struct dcd_dax_region *region, const uuid_t *tag)
{
	struct dcd_group *group = NULL;
	struct rb_node *node;

	spin_lock(&dcd_tags_lock);
	node = rb_find(tag, &dcd_tags, tag_compare);
	if (node && tag_node_to_group(node)->region == region)
		group = tag_node_to_group(node);
	spin_unlock(&dcd_tags_lock);
	return group;
}

/**
 * dcd_tag_claim() - put a group's tag in use
 * @group: the group, whose tag does not change until dcd_tag_drop(); one without a tag
 *	   claims nothing
 *
 * CXL 3.1 7.6.7.6.5, 9.13.3.2
 *
 * Takes dcd_tags_lock.
 * Return: false if a group of any device of this host has the tag.
 */
bool dcd_tag_claim(struct dcd_group *group)
{
	bool claimed;

	RB_CLEAR_NODE(&group->tag_node);
	if (uuid_is_null(&group->tag))
		return true;

	spin_lock(&dcd_tags_lock);
	claimed = !rb_find_add(&group->tag_node, &dcd_tags, tag_compare_groups);
	spin_unlock(&dcd_tags_lock);
	return claimed;
}

/**
 * dcd_tag_drop() - put a group's tag out of use
 * @group: a group of dcd_tag_claim(); one that has claimed nothing drops nothing
 *
 * Takes dcd_tags_lock.
 */
void dcd_tag_drop(struct dcd_group *group)
{
	spin_lock(&dcd_tags_lock);
	if (!RB_EMPTY_NODE(&group->tag_node)) {
		rb_erase(&group->tag_node, &dcd_tags);
		RB_CLEAR_NODE(&group->tag_node);
	}
	spin_unlock(&dcd_tags_lock);
}
