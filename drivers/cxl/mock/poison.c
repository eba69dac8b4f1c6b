// SPDX-License-Identifier: GPL-2.0-only
/*
 * Media errors of a mock device: which addresses a host has poisoned. Nothing happens to
 * who reads there; the device lists them. Builds in user space too.
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "dc/internal.h"
#include "media.h"
#include "poison.h"

/* An address is that of 64 bytes, and so is the unit of a length */
#define POISON_UNIT		64

/* Get Poison List: there are more records behind those of this response */
#define LIST_FLAG_MORE		0x01

/* Media Error Source, in the low bits of an address */
#define SOURCE_INJECTED		0x03

struct get_poison_out {
	u8 flags;
	u8 rsvd;
	__le64 overflow_timestamp;
	__le16 count;
	u8 rsvd2[20];
	struct {
		__le64 address;
		__le32 length;
		__le32 rsvd;
	} __packed records[];
} __packed;

/**
 * cxl_mock_poison_is_on() - whether hosts may inject poison
 * @device: the device
 *
 * Return: true if it has Inject Poison and Clear Poison.
 */
bool cxl_mock_poison_is_on(const struct cxl_mock_device *device)
{
	return device->poison.limit;
}

/* The dynamic capacity at a DPA, NULL: there is none, or it is static */
static const struct dc_extent *extent_at(struct cxl_mock_device *device, u64 dpa)
{
	const struct dc_extent *extent = dc_store_find(&device->dc, dpa);

	return extent && extent->start <= dpa ? extent : NULL;
}

static bool is_static(const struct cxl_mock_device *device, u64 dpa)
{
	return dpa < device->dc.regions[0].base;
}

/* The host reaches static capacity, and dynamic that it has accepted. */
static bool host_has(struct cxl_mock_device *device, u64 dpa)
{
	const struct dc_extent *extent;

	if (is_static(device, dpa))
		return true;
	extent = extent_at(device, dpa);
	return extent && dc_host_has(extent);
}

/*
 * Released capacity loses its poison. Capacity that is kept by a reference is not released.
 */
static bool is_kept(struct cxl_mock_device *device, u64 dpa)
{
	const struct dc_extent *extent = extent_at(device, dpa);

	return is_static(device, dpa) || (extent && extent->state != DC_OFFERED);
}

/**
 * cxl_mock_poison_follow() - forget the poison of capacity that has been released
 * @device: the device, after each command and request that may have released some
 */
void cxl_mock_poison_follow(struct cxl_mock_device *device)
{
	struct cxl_mock_poison *poison = &device->poison;
	u32 nr = 0;

	for (u32 i = 0; i < poison->nr; i++)
		if (is_kept(device, poison->dpas[i]))
			poison->dpas[nr++] = poison->dpas[i];
	poison->nr = nr;
}

/* Index of the first address that is not below @dpa */
static u32 lookup(const struct cxl_mock_poison *poison, u64 dpa)
{
	u32 i = 0;

	while (i < poison->nr && poison->dpas[i] < dpa)
		i++;
	return i;
}

/**
 * cxl_mock_poison_list() - Get Poison List (4300h)
 * @device: the device
 * @io: the command
 *
 * CXL 3.1 8.2.9.9.4.1
 *
 * A list that has more records than a response goes on in the next command for the same
 * range.
 *
 * Return: Success; Invalid Input for an address that is no multiple of 64 bytes, Invalid
 * Physical Address for a range that the device does not have.
 */
enum cxl_mbox_rc cxl_mock_poison_list(struct cxl_mock_device *device, struct cxl_mbox_io *io)
{
	const struct cxl_mock_get_poison_in *in = io->in;
	struct cxl_mock_poison *poison = &device->poison;
	struct get_poison_out *out = io->out;
	u64 end = cxl_dc_end(&device->dc);
	u64 units = le64_to_cpu(in->length);
	u64 dpa = le64_to_cpu(in->dpa), from = dpa;
	u32 max, nr = 0;

	if (dpa % POISON_UNIT)
		return CXL_RC_INVALID_INPUT;
	if (dpa >= end || units > (end - dpa) / POISON_UNIT)
		return CXL_RC_INVALID_PA;

	if (poison->list_next && poison->list_dpa == dpa && poison->list_units == units)
		from = poison->list_next;
	poison->list_next = 0;
	max = (io->out_max - sizeof(*out)) / sizeof(out->records[0]);
	for (u32 i = lookup(poison, from); i < poison->nr; i++) {
		u64 address = poison->dpas[i];

		if (address >= dpa + units * POISON_UNIT)
			break;
		if (!host_has(device, address))
			continue;
		if (nr == max) {
			out->flags = LIST_FLAG_MORE;
			poison->list_dpa = dpa;
			poison->list_units = units;
			poison->list_next = address;
			break;
		}
		out->records[nr].address = cpu_to_le64(address | SOURCE_INJECTED);
		out->records[nr++].length = cpu_to_le32(1);
	}
	out->count = cpu_to_le16(nr);
	io->out_len = sizeof(*out) + nr * sizeof(out->records[0]);
	return CXL_RC_SUCCESS;
}

static enum cxl_mbox_rc check_dpa(struct cxl_mock_device *device, u64 dpa)
{
	if (dpa % POISON_UNIT)
		return cxl_dc_refuse(&device->dc, CXL_RC_INVALID_PA,
				     "DPA %#llx: must be a multiple of %d",
				     dpa, POISON_UNIT);
	if (!host_has(device, dpa))
		return cxl_dc_refuse(&device->dc, CXL_RC_INVALID_PA,
				     "DPA %#llx: the host has no capacity there",
				     dpa);
	return CXL_RC_SUCCESS;
}

/**
 * cxl_mock_poison_inject() - Inject Poison (4301h)
 * @device: the device
 * @io: the command
 *
 * CXL 3.1 8.2.9.9.4.2. The host is told by a record in its informational log.
 *
 * Return: Success, also where there is poison; Invalid Physical Address where the host
 * has no capacity; Inject Poison Limit Reached.
 */
enum cxl_mbox_rc cxl_mock_poison_inject(struct cxl_mock_device *device,
					struct cxl_mbox_io *io)
{
	u64 dpa = get_unaligned_le64(io->in);
	struct cxl_mock_poison *poison = &device->poison;
	enum cxl_mbox_rc rc = check_dpa(device, dpa);
	u32 at = lookup(poison, dpa);

	if (rc)
		return rc;
	if (at < poison->nr && poison->dpas[at] == dpa)
		return CXL_RC_SUCCESS;
	if (poison->nr == poison->limit)
		return cxl_dc_refuse(&device->dc, CXL_RC_INJECT_LIMIT,
				     "DPA %#llx: limit of %u poisoned addresses reached",
				     dpa, poison->nr);

	memmove(&poison->dpas[at + 1], &poison->dpas[at],
		(poison->nr - at) * sizeof(poison->dpas[0]));
	poison->dpas[at] = dpa;
	poison->nr++;
	return cxl_mock_media_inject(device, &(struct cxl_mock_event) {
		.kind = CXL_MOCK_EVENT_POISON,
		.log = CXL_MOCK_LOG_INFO,
		.dpa = dpa,
		.count = 1,
	});
}

/**
 * cxl_mock_poison_clear() - Clear Poison (4302h)
 * @device: the device
 * @io: the command; what it would write is dropped
 *
 * CXL 3.1 8.2.9.9.4.3
 *
 * Return: Success, also where there is no poison; Invalid Physical Address where the host
 * has no capacity.
 */
enum cxl_mbox_rc cxl_mock_poison_clear(struct cxl_mock_device *device, struct cxl_mbox_io *io)
{
	const struct cxl_mock_clear_poison_in *in = io->in;
	struct cxl_mock_poison *poison = &device->poison;
	u64 dpa = le64_to_cpu(in->dpa);
	enum cxl_mbox_rc rc = check_dpa(device, dpa);
	u32 at = lookup(poison, dpa);

	if (rc || at == poison->nr || poison->dpas[at] != dpa)
		return rc;
	poison->nr--;
	memmove(&poison->dpas[at], &poison->dpas[at + 1],
		(poison->nr - at) * sizeof(poison->dpas[0]));
	return CXL_RC_SUCCESS;
}
