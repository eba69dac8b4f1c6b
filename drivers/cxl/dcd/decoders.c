// SPDX-License-Identifier: GPL-2.0-only
/*
 * Endpoint decoders that are on their way out. As an endpoint loses its driver, the core
 * takes each decoder out of its region, waits for the region's driver without a lock, and
 * removes the decoder after that. A region that is given the decoder meanwhile keeps it,
 * and the core dereferences NULL as that region goes, in cxl_region_teardown_targets() or
 * cxl_region_decode_reset(). Over Dynamic Capacity the wait is for pinned pages, as long
 * as they are pinned.
 */
#include <linux/device.h>
#include <cxl/core/core.h>
#include <cxl/text.h>

#include "dcd.h"

/*
 * Set when the driver goes, before what is devm of the device is released. A decoder may
 * be used as soon as it is there, before the port's driver has finished its probe.
 */
static bool decoders_are_leaving(const struct device *port)
{
	enum dl_dev_state state = READ_ONCE(port->links.status);

	return state == DL_DEV_UNBINDING || state == DL_DEV_NO_DRIVER;
}

static ssize_t dpa_size_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return cxl_core_show(dev, "dpa_size", buf);
}

/*
 * A decoder without DPAs gets no region, and has lost those that it had before the core
 * takes it out of its region.
 */
static ssize_t dpa_size_store(struct device *dev, struct device_attribute *attr,
			      const char *buf, size_t len)
{
	if (decoders_are_leaving(dev->parent)) {
		dev_warn_ratelimited(dev, "dpa_size=%s: %s is being removed: use a decoder of another endpoint\n",
				     cxl_text_shown(buf, len).shown, dev_name(dev->parent));
		return -ENXIO;
	}
	return cxl_core_store(dev, "dpa_size", buf, len);
}

/* In the place of the core's. */
struct device_attribute dcd_decoder_dpa_size = __ATTR_RW(dpa_size);
