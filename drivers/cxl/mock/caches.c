// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether CPU caches can be invalidated, answered for our regions. Not built for a kernel that
 * takes providers of cache maintenance: provider.c is for such a one.
 */
#include <linux/build_bug.h>
#include <linux/device.h>
#include <linux/kconfig.h>
#include <linux/memregion.h>
#include <linux/mm.h>
#include <linux/module.h>

#include "redirects.h"

static_assert(!IS_BUILTIN(CONFIG_LIBNVDIMM) || IS_MODULE(CONFIG_CXL_BUS),
	      "libnvdimm or the core must be a module, to be told apart");

/**
 * cxl_mock_is_core() - whether the core calls a function
 * @caller: where the function returns to
 *
 * libnvdimm asks for the same as the core, about persistent memory and without
 * the core's locks. If the core is no module, libnvdimm is one.
 *
 * Return: false for a caller in a module, unless that is the core.
 */
bool cxl_mock_is_core(unsigned long caller)
{
	struct module *core = IS_MODULE(CONFIG_CXL_BUS) ? cxl_core_module() : NULL;

	if (core)
		return within_module(caller, core);
	return !is_vmalloc_or_module_addr((void *)caller);
}

/* Whose regions could be the one whose cache is about to be invalidated. */
struct invalidation {
	bool ours;
	bool others;
};

/*
 * A region that is deleted leaves the bus before it is torn down, its decoders
 * do so after. What is above a region may be on its way out: a region pins its
 * root decoder, and no more.
 */
static int check_decoder(struct device *dev, void *data)
{
	struct invalidation *invalidation = data;
	enum cxl_config_state state;
	struct cxl_region *cxlr;

	if (!is_endpoint_decoder(dev))
		return 0;

	cxlr = container_of(dev, struct cxl_decoder, dev)->region;
	if (!cxlr)
		return 0;

	state = cxlr->params.state;
	if (cxl_mock_owns_window(to_cxl_root_decoder(cxlr->dev.parent)->res))
		invalidation->ours |= state >= CXL_CONFIG_ACTIVE;
	else
		invalidation->others |= state == CXL_CONFIG_ACTIVE;
	return 0;
}

/**
 * cxl_mock_has_invalidate_memregion() - answer
 * cpu_cache_has_invalidate_memregion()
 * @caller: where the function returns to
 *
 * Under a hypervisor the original says no, and a region cannot be committed;
 * behind our windows is nothing, or memory with which caches agree anyway. The
 * question names no region. The core asks it with its region lock held for
 * writing, when it commits a region that is ACTIVE or tears down one that is
 * further on, so the states tell whose turn it can be: the answer changes only
 * if there is such a region of ours, and no other region is about to commit.
 * libnvdimm asks too, without that lock, and gets the original's answer.
 *
 * Return: whether CPU caches can be invalidated for a physical address range.
 */
bool cxl_mock_has_invalidate_memregion(unsigned long caller)
{
	struct invalidation invalidation = {};

	if (cpu_cache_has_invalidate_memregion())
		return true;
	if (!cxl_mock_is_core(caller))
		return false;

	bus_for_each_dev(&cxl_bus_type, NULL, &invalidation, check_decoder);
	return invalidation.ours && !invalidation.others;
}

CXL_CORE_IMPORT_NS("DEVMEM");
