/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_RBTREE_H__
#define __SHIM_LINUX_RBTREE_H__

#include <linux/container_of.h>
#include <linux/types.h>

/*
 * A balanced tree behind the kernel's interface: an AVL tree, its node as large
 * as the kernel's. @parent holds the parent and, in its low bits, one more than
 * the height of the right subtree less that of the left.
 */
struct rb_node {
	unsigned long parent;
	struct rb_node *rb_right;
	struct rb_node *rb_left;
};

struct rb_root {
	struct rb_node *rb_node;
};

#define RB_ROOT			((struct rb_root) { NULL })
#define RB_EMPTY_ROOT(root)	(!(root)->rb_node)
#define rb_entry(ptr, type, member)	container_of(ptr, type, member)

void rb_link_node(struct rb_node *node, struct rb_node *parent, struct rb_node **link);
void rb_insert_color(struct rb_node *node, struct rb_root *root);
void rb_erase(struct rb_node *node, struct rb_root *root);
struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_last(const struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_prev(const struct rb_node *node);

#endif /* __SHIM_LINUX_RBTREE_H__ */
