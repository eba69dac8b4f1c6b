// SPDX-License-Identifier: GPL-2.0-only
/*
 * Replacements of core functions that every kernel needs answered in the same
 * way. Each answers for our ports and windows only, and lets the original
 * answer for all others.
 */
#include <linux/device.h>
#include <linux/slab.h>

#include "cdat.h"
#include "redirects.h"

/**
 * cxl_mock_of_endpoint() - the mock device behind an endpoint port
 * @port: any port
 *
 * Return: the mock, NULL if @port is no endpoint of ours.
 */
struct cxl_mock *cxl_mock_of_endpoint(struct cxl_port *port)
{
	return is_cxl_endpoint(port) ? to_cxl_mock(port->uport_dev->parent) : NULL;
}

/**
 * cxl_mock_read_cdat_data() - answer read_cdat_data()
 * @port: port whose CDAT is wanted
 *
 * The original reads a DOE mailbox, which only a PCI device can have.
 */
void cxl_mock_read_cdat_data(struct cxl_port *port)
{
	struct cxl_mock *mock = cxl_mock_of_endpoint(port);
	size_t size;
	void *table;

	if (!mock) {
		read_cdat_data(port);
		return;
	}

	size = cxl_mock_cdat_size(&mock->device.dc);
	table = devm_kzalloc(&port->dev, size, GFP_KERNEL);
	if (!table)
		return;

	cxl_mock_cdat_fill(&mock->device.dc, table);
	port->cdat.table = table;
	port->cdat.length = size;
	port->cdat_available = true;
}

/**
 * cxl_mock_get_perf_coordinates() - answer cxl_endpoint_get_perf_coordinates()
 * @port: endpoint port
 * @coord: performance of the path from the CPU to @port
 *
 * The original asks the PCI links on the path, and gives up without a qos_class
 * where there are none. Ours add nothing to what the CDAT says.
 *
 * Return: 0 or what the original returns.
 */
int cxl_mock_get_perf_coordinates(struct cxl_port *port,
				  struct access_coordinate *coord)
{
	if (!cxl_mock_of_endpoint(port))
		return cxl_endpoint_get_perf_coordinates(port, coord);

	for (int i = 0; i < ACCESS_COORDINATE_MAX; i++)
		coord[i] = (struct access_coordinate) {
			.read_bandwidth = CXL_MOCK_BANDWIDTH_MBPS,
			.write_bandwidth = CXL_MOCK_BANDWIDTH_MBPS,
		};
	return 0;
}
