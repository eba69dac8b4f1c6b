/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_MOCK_REDIRECTS_H__
#define __CXL_MOCK_REDIRECTS_H__

#include <cxl/redirect.h>

#include "mock.h"

/* Defined by the one redirects-v*.c that fits the kernel. */
extern struct cxl_redirect_table cxl_mock_redirects;

/* Replacements that are the same for every kernel. */
void cxl_mock_read_cdat_data(struct cxl_port *port);
int cxl_mock_get_perf_coordinates(struct cxl_port *port,
				  struct access_coordinate *coord);

struct cxl_mock *cxl_mock_of_endpoint(struct cxl_port *port);

/* For CPU caches: a provider where the kernel takes one, else two more replacements. */
#ifdef CXL_CORE_EXPORTS_cache_coherency_ops_instance_register
int cxl_mock_provider_register(void);
void cxl_mock_provider_unregister(void);
#else
bool cxl_mock_has_invalidate_memregion(unsigned long caller);
bool cxl_mock_is_core(unsigned long caller);

static inline int cxl_mock_provider_register(void)
{
	return 0;
}

static inline void cxl_mock_provider_unregister(void)
{
}
#endif

#endif /* __CXL_MOCK_REDIRECTS_H__ */
