// SPDX-License-Identifier: GPL-2.0-only
/* The functions that the core of Linux 6.12 has answered by the mock. */
#include <linux/err.h>
#include <linux/instruction_pointer.h>
#include <linux/memregion.h>

#include "redirects.h"

/* Whether a port is an endpoint or a bridge of ours. */
static bool is_ours(struct cxl_port *port)
{
	return cxl_mock_of_endpoint(port) || to_cxl_mock(port->uport_dev);
}

/* Return the number of dports. */
static int port_enumerate_dports(struct cxl_port *port)
{
	struct cxl_mock *mock = to_cxl_mock(port->uport_dev);

	if (!mock)
		return devm_cxl_port_enumerate_dports(port);

	for (unsigned int i = 0; i < mock->config.devices; i++) {
		struct device *port_dev = &mock->devices[i]->port->dev;
		struct cxl_dport *dport;

		dport = devm_cxl_add_dport(port, port_dev, i, CXL_RESOURCE_NONE);
		if (IS_ERR(dport))
			return PTR_ERR(dport);
	}
	return mock->config.devices;
}

static struct cxl_hdm *setup_hdm(struct cxl_port *port,
				 struct cxl_endpoint_dvsec_info *info)
{
	struct cxl_hdm *cxlhdm;

	if (!is_ours(port))
		return devm_cxl_setup_hdm(port, info);

	/* completed by enumerate_decoders(), which the port driver calls next */
	cxlhdm = devm_kzalloc(&port->dev, sizeof(*cxlhdm), GFP_KERNEL);
	if (!cxlhdm)
		return ERR_PTR(-ENOMEM);
	cxlhdm->port = port;
	return cxlhdm;
}

static int enumerate_decoders(struct cxl_hdm *cxlhdm,
			      struct cxl_endpoint_dvsec_info *info)
{
	if (is_ours(cxlhdm->port))
		return cxl_mock_hdm_setup(cxlhdm->port);
	return devm_cxl_enumerate_decoders(cxlhdm, info);
}

/* Nothing to enable: there are no registers. */
static int hdm_decode_init(struct cxl_dev_state *cxlds, struct cxl_hdm *cxlhdm,
			   struct cxl_endpoint_dvsec_info *info)
{
	if (is_ours(cxlhdm->port))
		return 0;
	return cxl_hdm_decode_init(cxlds, cxlhdm, info);
}

static int dvsec_rr_decode(struct device *dev, struct cxl_port *port,
			   struct cxl_endpoint_dvsec_info *info)
{
	if (is_ours(port))
		return 0;
	return cxl_dvsec_rr_decode(dev, port, info);
}

/*
 * The call names no range. Where the original works it does no harm; where it does not, the
 * core can only have come this far for a region of ours.
 */
static __always_inline int invalidate_memregion(int res_desc)
{
	if (cxl_mock_is_core(_RET_IP_) && !cpu_cache_has_invalidate_memregion())
		return 0;
	return cpu_cache_invalidate_memregion(res_desc);
}

/* Inline, so that the return address is that of who asks. */
static __always_inline bool has_invalidate_memregion(void)
{
	return cxl_mock_has_invalidate_memregion(_RET_IP_);
}

DEFINE_CXL_REDIRECT(cxl_mock_redirects, devm_cxl_port_enumerate_dports, port_enumerate_dports,
		    int, (struct cxl_port *port), (port));
DEFINE_CXL_REDIRECT(cxl_mock_redirects, devm_cxl_setup_hdm, setup_hdm, struct cxl_hdm *,
		    (struct cxl_port *port, struct cxl_endpoint_dvsec_info *info), (port, info));
DEFINE_CXL_REDIRECT(cxl_mock_redirects, devm_cxl_enumerate_decoders, enumerate_decoders, int,
		    (struct cxl_hdm *cxlhdm, struct cxl_endpoint_dvsec_info *info),
		    (cxlhdm, info));
DEFINE_CXL_REDIRECT(cxl_mock_redirects, cxl_hdm_decode_init, hdm_decode_init, int,
		    (struct cxl_dev_state *cxlds, struct cxl_hdm *cxlhdm,
		     struct cxl_endpoint_dvsec_info *info), (cxlds, cxlhdm, info));
DEFINE_CXL_REDIRECT(cxl_mock_redirects, cxl_dvsec_rr_decode, dvsec_rr_decode, int,
		    (struct device *dev, struct cxl_port *port,
		     struct cxl_endpoint_dvsec_info *info), (dev, port, info));
DEFINE_CXL_REDIRECT(cxl_mock_redirects, read_cdat_data, cxl_mock_read_cdat_data, void,
		    (struct cxl_port *port), (port));
DEFINE_CXL_REDIRECT(cxl_mock_redirects, cxl_endpoint_get_perf_coordinates,
		    cxl_mock_get_perf_coordinates, int,
		    (struct cxl_port *port, struct access_coordinate *coord), (port, coord));
DEFINE_CXL_REDIRECT(cxl_mock_redirects, cpu_cache_has_invalidate_memregion,
		    has_invalidate_memregion, bool, (void), ());
DEFINE_CXL_REDIRECT(cxl_mock_redirects, cpu_cache_invalidate_memregion, invalidate_memregion, int,
		    (int res_desc), (res_desc));

static const struct cxl_redirect *const redirects[] = {
	&redirect_devm_cxl_port_enumerate_dports,
	&redirect_devm_cxl_setup_hdm,
	&redirect_devm_cxl_enumerate_decoders,
	&redirect_cxl_hdm_decode_init,
	&redirect_cxl_dvsec_rr_decode,
	&redirect_read_cdat_data,
	&redirect_cxl_endpoint_get_perf_coordinates,
	&redirect_cpu_cache_has_invalidate_memregion,
	&redirect_cpu_cache_invalidate_memregion,
};

DEFINE_CXL_REDIRECT_TABLE(cxl_mock_redirects, redirects);
