// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the kernel takes providers of cache maintenance, the mock is one for its own windows:
 * no function has to be answered there. Built only for such a kernel; caches.c is for others.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cache_coherency.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/printk.h>

#include "redirects.h"

static struct cache_coherency_ops_inst *provider;

/*
 * The kernel asks every provider about every range, and takes it for done if none objects.
 * Behind our windows is nothing, or memory with which caches agree anyway. Any other range is
 * for the machine's own providers; if it has none, the range fails, as it does without us.
 * The caller holds the lock of the list, so that a node whose neighbours are one and the same,
 * the head, is alone on it.
 */
static int provider_invalidate(struct cache_coherency_ops_inst *inst,
			       struct cc_inval_params *range)
{
	if (cxl_mock_owns_range(range->addr, range->size) || inst->node.next != inst->node.prev)
		return 0;

	/* cxl_dcd asks for all memory, and knows what to do without */
	if (range->size != SIZE_MAX)
		pr_warn("CPU caches are not invalidated for %llu bytes at %#llx: this machine has nothing that does it\n",
			(u64)range->size, (u64)range->addr);
	return -ENXIO;
}

static const struct cache_coherency_ops provider_ops = {
	.wbinv = provider_invalidate,
};

/**
 * cxl_mock_provider_register() - let regions in our windows be committed
 *
 * Return: 0; -ENOMEM, or another negative errno of the kernel's.
 */
int cxl_mock_provider_register(void)
{
	int rc;

	provider = _cache_coherency_ops_instance_alloc(&provider_ops, sizeof(*provider));
	if (!provider)
		return -ENOMEM;
	rc = cache_coherency_ops_instance_register(provider);
	if (rc)
		cache_coherency_ops_instance_put(provider);
	return rc;
}

/**
 * cxl_mock_provider_unregister() - the reverse, without regions
 */
void cxl_mock_provider_unregister(void)
{
	cache_coherency_ops_instance_unregister(provider);
	cache_coherency_ops_instance_put(provider);
}

CXL_CORE_IMPORT_NS("CACHE_COHERENCY");
