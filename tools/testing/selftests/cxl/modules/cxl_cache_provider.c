// SPDX-License-Identifier: GPL-2.0-only
/*
 * A provider of cache maintenance that has all of memory, beside the mock's or instead of it;
 * and what the kernel says to whoever has caches invalidated, which is what a load returns.
 */
#include <linux/cache_coherency.h>
#include <linux/memregion.h>
#include <linux/module.h>

static bool provide;
module_param(provide, bool, 0444);
MODULE_PARM_DESC(provide, "Be a provider");

static unsigned long start;
module_param(start, ulong, 0444);
MODULE_PARM_DESC(start, "Have the caches invalidated from here on");

static unsigned long size;
module_param(size, ulong, 0444);
MODULE_PARM_DESC(size, "for so many bytes, 0 for none");

static unsigned long asked;
module_param(asked, ulong, 0444);
MODULE_PARM_DESC(asked, "How often the provider was asked");

static struct cache_coherency_ops_inst *provider;

static int provider_invalidate(struct cache_coherency_ops_inst *inst,
			       struct cc_inval_params *range)
{
	asked++;
	return 0;
}

static const struct cache_coherency_ops provider_ops = {
	.wbinv = provider_invalidate,
};

static int provider_register(void)
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

static void provider_unregister(void)
{
	cache_coherency_ops_instance_unregister(provider);
	cache_coherency_ops_instance_put(provider);
}

static int __init cxl_cache_provider_init(void)
{
	int rc = 0;

	if (provide)
		rc = provider_register();
	if (rc || !size)
		return rc;

	rc = cpu_cache_has_invalidate_memregion() ?
		cpu_cache_invalidate_memregion(start, size) : -EOPNOTSUPP;
	if (rc && provide)
		provider_unregister();
	return rc;
}
module_init(cxl_cache_provider_init);

static void __exit cxl_cache_provider_exit(void)
{
	if (provide)
		provider_unregister();
}
module_exit(cxl_cache_provider_exit);

MODULE_DESCRIPTION("CXL selftest: a provider of cache maintenance");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("CACHE_COHERENCY");
MODULE_IMPORT_NS("DEVMEM");
