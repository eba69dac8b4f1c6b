// SPDX-License-Identifier: GPL-2.0-only
/*
 * HDM decoders without registers: only the core's own book-keeping moves. But they can
 * be committed when the core finds them, as firmware leaves those of its regions.
 */
#include <linux/container_of.h>
#include <linux/device.h>
#include <linux/err.h>

#include "mock.h"

/* The mock device that a bridge or endpoint port belongs to. */
static struct cxl_mock *port_mock(struct cxl_port *port)
{
	return to_cxl_mock(is_cxl_endpoint(port) ? port->uport_dev->parent : port->uport_dev);
}

/*
 * The kernel treats static capacity as memory without further checks, so a decoder over it
 * is committed only if there is memory. cxl_dcd keeps the kernel off DC regions without
 * extents.
 */
static int check_capacity(struct cxl_decoder *cxld)
{
	struct cxl_port *port = to_cxl_port(cxld->dev.parent);
	struct cxl_endpoint_decoder *cxled;
	struct cxl_mock *mock;

	if (!is_endpoint_decoder(&cxld->dev))
		return 0;
	cxled = container_of(cxld, struct cxl_endpoint_decoder, cxld);
	mock = to_cxl_mock(port->uport_dev->parent);
	if (!mock || mock->memory || !cxled->dpa_res ||
	    cxled->dpa_res->start >= mock->config.ram_size)
		return 0;
	dev_err(&cxld->dev,
		"static capacity of %s has no memory: boot with %s, and create the device with dc_backing=reserved and window_base=%#llx\n",
		dev_name(port->uport_dev),
		cxl_mock_keep_aside(CXL_MOCK_WINDOW_MIN_BASE,
				    cxl_mock_config_window(&mock->config)).text,
		CXL_MOCK_WINDOW_MIN_BASE);
	return -EOPNOTSUPP;
}

/* Decoders commit in order, CXL 3.1 8.2.4.20.12 (Committing Decoder Programming) */
static int decoder_commit(struct cxl_decoder *cxld)
{
	struct cxl_port *port = to_cxl_port(cxld->dev.parent);
	int rc;

	if (cxld->flags & CXL_DECODER_F_ENABLE)
		return 0;
	rc = check_capacity(cxld);
	if (rc)
		return rc;

	if (port->commit_end + 1 != cxld->id) {
		dev_dbg(&port->dev, "%s: commit out of order, expected decoder%d.%d\n",
			dev_name(&cxld->dev), port->id, port->commit_end + 1);
		return -EBUSY;
	}

	port->commit_end++;
	cxld->flags |= CXL_DECODER_F_ENABLE;
	return 0;
}

static void decoder_reset(struct cxl_decoder *cxld)
{
	struct cxl_port *port = to_cxl_port(cxld->dev.parent);

	if (!(cxld->flags & CXL_DECODER_F_ENABLE))
		return;

	if (port->commit_end == cxld->id)
		cxl_port_commit_reap(cxld);
	else
		dev_dbg(&port->dev, "%s: reset out of order, expected decoder%d.%d\n",
			dev_name(&cxld->dev), port->id, port->commit_end);
	cxld->flags &= ~CXL_DECODER_F_ENABLE;
	/* the state must survive a rebind of the port */
	if (!cxld->id)
		port_mock(port)->region_left = false;
}

static struct cxl_decoder *alloc_decoder(struct cxl_port *port, int nr_targets)
{
	struct cxl_endpoint_decoder *cxled;
	struct cxl_switch_decoder *cxlsd;

	if (is_cxl_endpoint(port)) {
		cxled = cxl_endpoint_decoder_alloc(port);
		return IS_ERR(cxled) ? ERR_CAST(cxled) : &cxled->cxld;
	}
	cxlsd = cxl_switch_decoder_alloc(port, nr_targets);
	return IS_ERR(cxlsd) ? ERR_CAST(cxlsd) : &cxlsd->cxld;
}

/* The region that the device came with is at the beginning of the window. */
static void set_committed(struct cxl_decoder *cxld, const struct cxl_mock *mock)
{
	struct cxl_port *port = to_cxl_port(cxld->dev.parent);

	cxld->hpa_range = (struct range) {
		.start = mock->window.start,
		.end = mock->window.start + mock->config.region_size - 1,
	};
	cxld->flags |= CXL_DECODER_F_ENABLE;
	port->commit_end = cxld->id;
}

/*
 * The core creates a region for a committed endpoint decoder that has DPAs. A core that
 * does not use Dynamic Capacity has no DPAs for it until cxl_dcd is loaded and the driver
 * bound again.
 */
static int leave_region(struct cxl_decoder *cxld, const struct cxl_mock *mock)
{
	struct cxl_endpoint_decoder *cxled = to_cxl_endpoint_decoder(&cxld->dev);
	struct cxl_port *port = to_cxl_port(cxld->dev.parent);
	struct cxl_memdev *cxlmd = to_cxl_memdev(port->uport_dev);
	int rc;

	if (resource_size(&cxlmd->cxlds->dpa_res) < mock->config.region_size)
		return 0;
	rc = devm_cxl_dpa_reserve(cxled, 0, mock->config.region_size, 0);
	if (rc)
		return rc;
	set_committed(cxld, mock);
	cxled->state = CXL_DECODER_STATE_AUTO;
	return 0;
}

static int add_decoder(struct cxl_port *port)
{
	struct cxl_mock *mock = port_mock(port);
	struct cxl_decoder *cxld = alloc_decoder(port, mock->config.devices);
	int rc;

	if (IS_ERR(cxld))
		return PTR_ERR(cxld);

	cxld->commit = decoder_commit;
	cxld->reset = decoder_reset;
	if (mock->region_left && !cxld->id && !is_cxl_endpoint(port))
		set_committed(cxld, mock);
	rc = cxl_core_decoder_add_locked(cxld, 0);
	if (rc) {
		put_device(&cxld->dev);
		return rc;
	}
	rc = cxl_decoder_autoremove(&port->dev, cxld);
	if (rc || !mock->region_left || cxld->id || !is_cxl_endpoint(port))
		return rc;
	return leave_region(cxld, mock);
}

/**
 * cxl_mock_hdm_setup() - give a port of ours its HDM decoders
 * @port: bridge or endpoint port, being bound to its driver
 *
 * Context: the device lock of @port is held.
 * Return: 0 or a negative errno; what was added goes when @port is unbound.
 */
int cxl_mock_hdm_setup(struct cxl_port *port)
{
	struct cxl_hdm *cxlhdm;

	/* the region code asks the port's drvdata what it can interleave */
	cxlhdm = devm_kzalloc(&port->dev, sizeof(*cxlhdm), GFP_KERNEL);
	if (!cxlhdm)
		return -ENOMEM;
	cxlhdm->port = port;
	cxlhdm->decoder_count = CXL_MOCK_DECODERS;
	cxlhdm->target_count = port_mock(port)->config.devices;
	cxlhdm->interleave_mask = ~0U;
	cxlhdm->iw_cap_mask = ~0UL;
	dev_set_drvdata(&port->dev, cxlhdm);

	for (int i = 0; i < CXL_MOCK_DECODERS; i++) {
		int rc = add_decoder(port);

		if (rc)
			return rc;
	}
	return 0;
}
