// SPDX-License-Identifier: GPL-2.0-only
/* The shim's tree: the tests and the figures of the engine rely on it. */
#include <linux/rbtree.h>
#include <linux/slab.h>

#include "unit.h"

#define NR	2000

struct item {
	struct rb_node node;
	unsigned int key;
	bool in;
};

static struct item items[NR];
static struct rb_root root;

#define item_of(link)	rb_entry(link, struct item, node)

static void insert(struct item *item)
{
	struct rb_node **link = &root.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = item->key < item_of(parent)->key ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&item->node, parent, link);
	rb_insert_color(&item->node, &root);
	item->in = true;
}

static void erase(struct item *item)
{
	rb_erase(&item->node, &root);
	item->in = false;
}

/* Return the height; the subtrees' differ by one at the most. */
static int height(const struct rb_node *node)
{
	int left, right;

	if (!node)
		return 0;
	left = height(node->rb_left);
	right = height(node->rb_right);
	assert_in_range(left - right + 1, 0, 2);
	return 1 + (left > right ? left : right);
}

static void check_tree(void)
{
	struct rb_node *forward = rb_first(&root), *last = NULL;

	height(root.rb_node);
	for (unsigned int i = 0; i < NR; i++) {
		if (!items[i].in)
			continue;
		assert_ptr_equal(forward, &items[i].node);
		assert_ptr_equal(rb_prev(forward), last);
		last = forward;
		forward = rb_next(forward);
	}
	assert_null(forward);
	assert_ptr_equal(rb_last(&root), last);
}

static void the_tree_is_in_order_and_balanced(void **state)
{
	prng_seed(4);
	root = RB_ROOT;
	memset(items, 0, sizeof(items));
	for (unsigned int i = 0; i < NR; i++)
		items[i].key = i;
	for (unsigned int step = 0; step < 40 * NR; step++) {
		/* full at first, nearly empty in the end */
		struct item *item = &items[prng() % NR];
		bool in = prng() % (40 * NR) > step;

		if (in && !item->in)
			insert(item);
		else if (!in && item->in)
			erase(item);
		if (step % 97 == 0)
			check_tree();
	}
	for (unsigned int i = 0; i < NR; i++)
		if (items[i].in)
			erase(&items[i]);
	assert_true(RB_EMPTY_ROOT(&root));
}

static void the_tree_is_balanced_in_any_order_of_insertion(void **state)
{
	for (unsigned int way = 0; way < 3; way++) {
		root = RB_ROOT;
		for (unsigned int i = 0; i < NR; i++) {
			unsigned int n = way == 0 ? i : way == 1 ? NR - 1 - i : i * 777 % NR;

			items[n].key = n;
			insert(&items[n]);
		}
		check_tree();
		for (unsigned int i = 0; i < NR; i++) {
			erase(&items[i]);
			if (i % 97 == 0)
				check_tree();
		}
	}
}

static void memory_is_counted_and_runs_out_when_told(void **state)
{
	void *a = kzalloc(100, GFP_KERNEL), *b;

	assert_int_equal(shim_slab.objects, 1);
	assert_int_equal(shim_slab.bytes, 100);
	shim_slab.fail = 2;
	b = kcalloc(4, 5, GFP_KERNEL);
	assert_non_null(b);
	assert_int_equal(shim_slab.bytes, 120);
	assert_null(kzalloc(1, GFP_KERNEL));
	assert_null(kzalloc(1, GFP_KERNEL));
	shim_slab.fail = 0;
	shim_slab.max = 8;
	assert_null(kzalloc(9, GFP_KERNEL));
	kfree(kzalloc(8, GFP_KERNEL));
	shim_slab.max = 0;
	assert_null(kcalloc(SIZE_MAX / 2, 4, GFP_KERNEL));
	kfree(a);
	kfree(b);
	kfree(NULL);
	assert_int_equal(shim_slab.objects, 0);
	assert_int_equal(shim_slab.bytes, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_tree_is_in_order_and_balanced),
	cmocka_unit_test(the_tree_is_balanced_in_any_order_of_insertion),
	cmocka_unit_test(memory_is_counted_and_runs_out_when_told),
};

int main(void)
{
	return unit_run(tests);
}
