// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Coherent Device Attribute Table of a mock device: for its static capacity
 * and each DC region the range, latency, bandwidth and intended use. Builds in
 * user space too.
 *
 * Coherent Device Attribute Table Specification 1.03
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "cdat.h"
#include "dc/dc.h"

struct cdat_header {
	__le32 length;
	u8 revision;
	u8 checksum;
	u8 rsvd[6];
	__le32 sequence;
} __packed;

struct cdat_entry {
	u8 type;
	u8 rsvd;
	__le16 length;
} __packed;

/* Device Scoped Memory Affinity Structure */
#define CDAT_DSMAS		0
#define DSMAS_SHARABLE		0x08
#define DSMAS_DYNAMIC_CAPACITY	0x20
#define DSMAS_READ_ONLY		0x40

struct cdat_dsmas {
	struct cdat_entry entry;
	u8 handle;
	u8 flags;
	u8 rsvd[2];
	__le64 dpa_base;
	__le64 dpa_length;
} __packed;

/* Device Scoped Latency and Bandwidth Information Structure */
#define CDAT_DSLBIS		1
#define DSLBIS_READ_LATENCY	1
#define DSLBIS_WRITE_LATENCY	2
#define DSLBIS_READ_BANDWIDTH	4
#define DSLBIS_WRITE_BANDWIDTH	5
/* base units: latency in picoseconds, bandwidth in MB/s */
#define DSLBIS_LATENCY_UNIT	1000
#define DSLBIS_BANDWIDTH_UNIT	1000

struct cdat_dslbis {
	struct cdat_entry entry;
	u8 handle;
	u8 flags;
	u8 data_type;
	u8 rsvd;
	__le64 base_unit;
	__le16 value[3];
	u8 rsvd2[2];
} __packed;

/* Device Scoped EFI Memory Type Structure */
#define CDAT_DSEMTS		4
/* conventional memory with a specific purpose: what hot-plugged capacity is */
#define DSEMTS_SPECIFIC_PURPOSE	1

struct cdat_dsemts {
	struct cdat_entry entry;
	u8 handle;
	u8 memory_type;
	u8 rsvd[2];
	__le64 dpa_offset;
	__le64 range_length;
} __packed;

#define DSLBIS_PER_REGION	4

struct cdat_region {
	struct cdat_dsmas dsmas;
	struct cdat_dslbis dslbis[DSLBIS_PER_REGION];
	struct cdat_dsemts dsemts;
} __packed;

struct cdat_table {
	struct cdat_header header;
	struct cdat_region regions[];
} __packed;

static struct cdat_entry cdat_entry(u8 type, u16 length)
{
	return (struct cdat_entry) {
		.type = type,
		.length = cpu_to_le16(length),
	};
}

static struct cdat_dslbis dslbis(u8 handle, u8 data_type, u64 unit, u16 value)
{
	return (struct cdat_dslbis) {
		.entry = cdat_entry(CDAT_DSLBIS, sizeof(struct cdat_dslbis)),
		.handle = handle,
		.data_type = data_type,
		.base_unit = cpu_to_le64(unit),
		.value[0] = cpu_to_le16(value),
	};
}

static u8 dsmas_flags(const struct cxl_dc_region *region)
{
	return DSMAS_DYNAMIC_CAPACITY | (region->sharable ? DSMAS_SHARABLE : 0) |
	       (region->readonly ? DSMAS_READ_ONLY : 0);
}

static void fill_region(struct cdat_region *entry, u8 handle, u8 flags, u64 base, u64 len)
{
	const u16 bandwidth = CXL_MOCK_BANDWIDTH_MBPS / DSLBIS_BANDWIDTH_UNIT;

	entry->dsmas = (struct cdat_dsmas) {
		.entry = cdat_entry(CDAT_DSMAS, sizeof(entry->dsmas)),
		.handle = handle,
		.flags = flags,
		.dpa_base = cpu_to_le64(base),
		.dpa_length = cpu_to_le64(len),
	};
	entry->dslbis[0] = dslbis(handle, DSLBIS_READ_LATENCY, DSLBIS_LATENCY_UNIT,
				  CXL_MOCK_READ_LATENCY_NS);
	entry->dslbis[1] = dslbis(handle, DSLBIS_WRITE_LATENCY, DSLBIS_LATENCY_UNIT,
				  CXL_MOCK_WRITE_LATENCY_NS);
	entry->dslbis[2] = dslbis(handle, DSLBIS_READ_BANDWIDTH,
				  DSLBIS_BANDWIDTH_UNIT, bandwidth);
	entry->dslbis[3] = dslbis(handle, DSLBIS_WRITE_BANDWIDTH,
				  DSLBIS_BANDWIDTH_UNIT, bandwidth);
	entry->dsemts = (struct cdat_dsemts) {
		.entry = cdat_entry(CDAT_DSEMTS, sizeof(entry->dsemts)),
		.handle = handle,
		.memory_type = DSEMTS_SPECIFIC_PURPOSE,
		.range_length = cpu_to_le64(len),
	};
}

/**
 * cxl_mock_cdat_size() - size of a device's CDAT
 * @dc: its Dynamic Capacity
 *
 * Return: bytes.
 */
size_t cxl_mock_cdat_size(const struct cxl_dc *dc)
{
	return sizeof(struct cdat_table) +
	       (dc->nr_regions + !!dc->regions[0].base) * sizeof(struct cdat_region);
}

/**
 * cxl_mock_cdat_fill() - write a device's CDAT
 * @dc: its Dynamic Capacity
 * @table: cxl_mock_cdat_size() bytes to write it to
 */
void cxl_mock_cdat_fill(const struct cxl_dc *dc, void *table)
{
	struct cdat_table *cdat = table;
	size_t size = cxl_mock_cdat_size(dc);
	u8 sum = 0;

	cdat->header = (struct cdat_header) {
		.length = cpu_to_le32(size),
		.revision = 1,
	};
	for (unsigned int i = 0; i < dc->nr_regions; i++) {
		const struct cxl_dc_region *region = &dc->regions[i];

		fill_region(&cdat->regions[i], i, dsmas_flags(region), region->base, region->len);
	}
	/* what is below the DC regions is static; the handles before are theirs */
	if (dc->regions[0].base)
		fill_region(&cdat->regions[dc->nr_regions], dc->nr_regions, 0, 0,
			    dc->regions[0].base);

	/* all bytes of the table add up to zero */
	for (size_t i = 0; i < size; i++)
		sum += ((u8 *)table)[i];
	cdat->header.checksum = -sum;
}
