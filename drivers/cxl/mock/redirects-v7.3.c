// SPDX-License-Identifier: GPL-2.0-only
/* The functions that the core of Linux 7.3 has answered by the mock. */
#include <linux/instruction_pointer.h>
#include <linux/memregion.h>

#include "redirects.h"

static int endpoint_decoders_setup(struct cxl_port *port)
{
	if (cxl_mock_of_endpoint(port))
		return cxl_mock_hdm_setup(port);
	return devm_cxl_endpoint_decoders_setup(port);
}

static int switch_port_decoders_setup(struct cxl_port *port)
{
	if (to_cxl_mock(port->uport_dev))
		return cxl_mock_hdm_setup(port);
	return devm_cxl_switch_port_decoders_setup(port);
}

static struct cxl_dport *add_dport_by_dev(struct cxl_port *port,
					  struct device *dport_dev)
{
	struct cxl_mock *mock = to_cxl_mock(dport_dev);

	if (mock && to_cxl_mock(port->uport_dev))
		return devm_cxl_add_dport(port, dport_dev, mock->index, CXL_RESOURCE_NONE);
	return devm_cxl_add_dport_by_dev(port, dport_dev);
}

/* Where the kernel takes providers of cache maintenance, the mock is one: provider.c. */
#ifndef CXL_CORE_EXPORTS_cache_coherency_ops_instance_register
static int invalidate_memregion(phys_addr_t start, size_t len)
{
	if (cxl_mock_owns_range(start, len))
		return 0;
	return cpu_cache_invalidate_memregion(start, len);
}

/* Inline, so that the return address is that of who asks. */
static __always_inline bool has_invalidate_memregion(void)
{
	return cxl_mock_has_invalidate_memregion(_RET_IP_);
}

DEFINE_CXL_REDIRECT(cxl_mock_redirects, cpu_cache_has_invalidate_memregion,
		    has_invalidate_memregion, bool, (void), ());
DEFINE_CXL_REDIRECT(cxl_mock_redirects, cpu_cache_invalidate_memregion, invalidate_memregion, int,
		    (phys_addr_t start, size_t len), (start, len));
#endif

DEFINE_CXL_REDIRECT(cxl_mock_redirects, devm_cxl_endpoint_decoders_setup, endpoint_decoders_setup,
		    int, (struct cxl_port *port), (port));
DEFINE_CXL_REDIRECT(cxl_mock_redirects, devm_cxl_switch_port_decoders_setup,
		    switch_port_decoders_setup, int, (struct cxl_port *port), (port));
DEFINE_CXL_REDIRECT(cxl_mock_redirects, devm_cxl_add_dport_by_dev, add_dport_by_dev,
		    struct cxl_dport *, (struct cxl_port *port, struct device *dport_dev),
		    (port, dport_dev));
DEFINE_CXL_REDIRECT(cxl_mock_redirects, read_cdat_data, cxl_mock_read_cdat_data, void,
		    (struct cxl_port *port), (port));
DEFINE_CXL_REDIRECT(cxl_mock_redirects, cxl_endpoint_get_perf_coordinates,
		    cxl_mock_get_perf_coordinates, int,
		    (struct cxl_port *port, struct access_coordinate *coord), (port, coord));

static const struct cxl_redirect *const redirects[] = {
	&redirect_devm_cxl_endpoint_decoders_setup,
	&redirect_devm_cxl_switch_port_decoders_setup,
	&redirect_devm_cxl_add_dport_by_dev,
	&redirect_read_cdat_data,
	&redirect_cxl_endpoint_get_perf_coordinates,
#ifndef CXL_CORE_EXPORTS_cache_coherency_ops_instance_register
	&redirect_cpu_cache_has_invalidate_memregion,
	&redirect_cpu_cache_invalidate_memregion,
#endif
};

DEFINE_CXL_REDIRECT_TABLE(cxl_mock_redirects, redirects);
