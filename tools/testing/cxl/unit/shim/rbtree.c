// SPDX-License-Identifier: GPL-2.0-only
/* Adelson-Velsky and Landis' tree, with parent pointers. */
#include <linux/rbtree.h>

#define BITS	3UL

static struct rb_node *parent_of(const struct rb_node *node)
{
	return (struct rb_node *)(node->parent & ~BITS);
}

static void set_parent(struct rb_node *node, struct rb_node *parent)
{
	node->parent = (unsigned long)parent | (node->parent & BITS);
}

/* -1: the left subtree is higher; 1: the right one */
static int balance(const struct rb_node *node)
{
	return (int)(node->parent & BITS) - 1;
}

static void set_balance(struct rb_node *node, int value)
{
	node->parent = (node->parent & ~BITS) | (unsigned long)(value + 1);
}

static int side_of(const struct rb_node *node, const struct rb_node *parent)
{
	return parent && parent->rb_right == node ? 1 : -1;
}

static struct rb_node **child(struct rb_node *node, int side)
{
	return side > 0 ? &node->rb_right : &node->rb_left;
}

/* Let @parent, or @root, have @new where it has @old. */
static void replace(struct rb_root *root, struct rb_node *parent, struct rb_node *old,
		    struct rb_node *new)
{
	if (!parent)
		root->rb_node = new;
	else
		*child(parent, side_of(old, parent)) = new;
	if (new)
		set_parent(new, parent);
}

/* Raise @node's child on @side to its place. */
static struct rb_node *rotate(struct rb_root *root, struct rb_node *node, int side)
{
	struct rb_node *up = *child(node, side);
	struct rb_node *between = *child(up, -side);

	replace(root, parent_of(node), node, up);
	*child(node, side) = between;
	if (between)
		set_parent(between, node);
	*child(up, -side) = node;
	set_parent(node, up);
	return up;
}

/* @node is two levels too high on @side. Return whether it becomes lower. */
static bool rebalance(struct rb_root *root, struct rb_node *node, int side)
{
	struct rb_node *up = *child(node, side);
	int of_up = balance(up);

	if (of_up == -side) {
		struct rb_node *top = *child(up, -side);
		int of_top = balance(top);

		rotate(root, up, -side);
		rotate(root, node, side);
		set_balance(node, of_top == side ? -side : 0);
		set_balance(up, of_top == -side ? side : 0);
		set_balance(top, 0);
		return true;
	}
	rotate(root, node, side);
	set_balance(node, of_up ? 0 : side);
	set_balance(up, of_up ? 0 : -side);
	return of_up;
}

void rb_link_node(struct rb_node *node, struct rb_node *parent, struct rb_node **link)
{
	node->rb_left = NULL;
	node->rb_right = NULL;
	node->parent = (unsigned long)parent;
	set_balance(node, 0);
	*link = node;
}

void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *parent;

	for (; (parent = parent_of(node)); node = parent) {
		int side = side_of(node, parent);

		if (balance(parent) == side) {
			rebalance(root, parent, side);
			return;
		}
		set_balance(parent, balance(parent) + side);
		if (!balance(parent))
			return;
	}
}

/* The subtree of @node on @side has become lower by one. */
static void lowered(struct rb_root *root, struct rb_node *node, int side)
{
	while (node) {
		struct rb_node *parent = parent_of(node);
		int next = side_of(node, parent);

		if (balance(node) == -side) {
			if (!rebalance(root, node, -side))
				return;
		} else {
			set_balance(node, balance(node) - side);
			if (balance(node))
				return;
		}
		node = parent;
		side = next;
	}
}

static struct rb_node *outermost(struct rb_node *node, int side)
{
	while (node && *child(node, side))
		node = *child(node, side);
	return node;
}

void rb_erase(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *parent = parent_of(node), *from, *next;
	int side;

	if (!node->rb_left || !node->rb_right) {
		side = side_of(node, parent);
		replace(root, parent, node, node->rb_left ?: node->rb_right);
		lowered(root, parent, side);
		return;
	}

	/* the next one takes its place */
	next = outermost(node->rb_right, -1);
	from = parent_of(next);
	side = side_of(next, from);
	replace(root, from, next, next->rb_right);
	if (from == node)
		from = next;
	next->rb_left = node->rb_left;
	next->rb_right = node->rb_right;
	set_parent(next->rb_left, next);
	if (next->rb_right)
		set_parent(next->rb_right, next);
	replace(root, parent, node, next);
	set_balance(next, balance(node));
	lowered(root, from, side);
}

struct rb_node *rb_first(const struct rb_root *root)
{
	return outermost(root->rb_node, -1);
}

struct rb_node *rb_last(const struct rb_root *root)
{
	return outermost(root->rb_node, 1);
}

static struct rb_node *neighbour(const struct rb_node *node, int side)
{
	const struct rb_node *parent;
	struct rb_node *next = *child((struct rb_node *)node, side);

	if (next)
		return outermost(next, -side);
	for (; (parent = parent_of(node)); node = parent)
		if (side_of(node, parent) != side)
			break;
	return (struct rb_node *)parent;
}

struct rb_node *rb_next(const struct rb_node *node)
{
	return neighbour(node, 1);
}

struct rb_node *rb_prev(const struct rb_node *node)
{
	return neighbour(node, -1);
}
