// SPDX-License-Identifier: GPL-2.0-only
/* Tagged backends: each backs one extent of a device without backing of its own. */
#include <linux/align.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/rhashtable.h>

#include "internal.h"

static const struct rhashtable_params backend_params = {
	.key_len = CXL_DC_TAG_LEN,
	.key_offset = offsetof(struct cxl_dc_backend, tag),
	.head_offset = offsetof(struct cxl_dc_backend, hash),
	.automatic_shrinking = true,
};

/**
 * dc_backends_init() - set up the backends
 * @dc: the engine, all zeroes in what is for backends
 */
void dc_backends_init(struct cxl_dc *dc)
{
	INIT_LIST_HEAD(&dc->backends);
	/* fails for wrong parameters only */
	rhashtable_init(&dc->backends_by_tag, &backend_params);
}

static void forget(struct cxl_dc *dc, struct cxl_dc_backend *backend)
{
	rhashtable_remove_fast(&dc->backends_by_tag, &backend->hash, backend_params);
	list_del_init(&backend->list);
}

/**
 * dc_backends_destroy() - detach all backends
 * @dc: the engine
 */
void dc_backends_destroy(struct cxl_dc *dc)
{
	while (!list_empty(&dc->backends))
		forget(dc, list_first_entry(&dc->backends, struct cxl_dc_backend, list));
	rhashtable_destroy(&dc->backends_by_tag);
}

/**
 * dc_backend_find() - find a backend
 * @dc: the engine
 * @tag: the tag that names it
 *
 * Return: the backend, NULL if none is attached.
 */
struct cxl_dc_backend *dc_backend_find(struct cxl_dc *dc, const u8 *tag)
{
	return rhashtable_lookup_fast(&dc->backends_by_tag, tag, backend_params);
}

/**
 * cxl_dc_backend_is_held() - whether only the FM's reference keeps a backend in use
 * @backend: attached backend
 *
 * Return: true if the host has given back the extent that uses it.
 */
bool cxl_dc_backend_is_held(const struct cxl_dc_backend *backend)
{
	const struct dc_tag *tag = backend->user;

	return tag && !tag->nr_offered && !tag->nr_accepted;
}

/**
 * dc_check_backed() - check that the capacity has a backing
 * @dc: the engine
 *
 * Return: Success; Unsupported without a backing of its own and without backends.
 */
enum cxl_mbox_rc dc_check_backed(struct cxl_dc *dc)
{
	if (dc->backing != CXL_DC_BACKING_NONE || !list_empty(&dc->backends))
		return CXL_RC_SUCCESS;
	return dc_refuse(dc, CXL_RC_UNSUPPORTED,
			 "the capacity has no backing: attach a backend, or load with dc_backing=phantom");
}

/* The smallest block that a DC region has: the size of every extent is a multiple. */
static u64 smallest_block(const struct cxl_dc *dc)
{
	u64 block = dc->regions[0].block_size;

	for (unsigned int i = 1; i < dc->nr_regions; i++)
		block = min(block, dc->regions[i].block_size);
	return block;
}

/**
 * cxl_dc_backend_state() - what a backend is doing
 * @backend: attached backend
 *
 * Return: "free", "offered" or "bound", for users.
 */
const char *cxl_dc_backend_state(const struct cxl_dc_backend *backend)
{
	if (!backend->user)
		return "free";
	return backend->bound ? "bound" : "offered";
}

/**
 * cxl_dc_backend_attach() - attach a backend
 * @dc: the engine
 * @backend: the backend, which stays where it is until it is detached
 * @tag: the tag that names it
 * @size: bytes
 * @kind: what it is
 *
 * Return: 0; -EINVAL without a tag, a size or a kind; -ERANGE for a size that no
 * extent can have; -EMEDIUMTYPE if only one of the device's window and the backend
 * is memory; -EEXIST if a backend has the tag, or an extent that does not need one;
 * -ENOMEM. &cxl_dc.reason says why.
 */
int cxl_dc_backend_attach(struct cxl_dc *dc, struct cxl_dc_backend *backend,
			  const u8 *tag, u64 size, enum cxl_dc_backing kind)
{
	u64 block = smallest_block(dc), max = dc->regions[0].len;

	if (dc_tag_is_null(tag))
		return dc_refuse(dc, -EINVAL, "a backend needs a tag: write a UUID to tag first");
	if (!size)
		return dc_refuse(dc, -EINVAL,
				 "a backend needs a size: write the size of its extent first");
	if (kind == CXL_DC_BACKING_NONE)
		return dc_refuse(dc, -EINVAL, "a backend needs a kind: phantom or reserved");
	if (dc->memory && kind != CXL_DC_BACKING_RESERVED)
		return dc_refuse(dc, -EMEDIUMTYPE,
				 "kind must be reserved: the device's window is memory, and the host treats every extent there as memory");
	if (!dc->memory && kind == CXL_DC_BACKING_RESERVED)
		return dc_refuse(dc, -EMEDIUMTYPE,
				 "kind must be phantom: the device's window is not reserved memory");
	if (!IS_ALIGNED(size, block) || size > max)
		return dc_refuse(dc, -ERANGE,
				 "size %#llx: must be a multiple of the block size %#llx and at most a DC region's %#llx",
				 size, block, max);
	if (dc_backend_find(dc, tag) || dc_tag_find(dc, tag))
		return dc_refuse(dc, -EEXIST,
				 "the tag is used by another backend or an extent of the device");

	*backend = (struct cxl_dc_backend) {
		.size = size,
		.kind = kind,
	};
	memcpy(backend->tag, tag, CXL_DC_TAG_LEN);
	if (rhashtable_insert_fast(&dc->backends_by_tag, &backend->hash, backend_params))
		return dc_refuse(dc, -ENOMEM, "out of memory");
	list_add_tail(&backend->list, &dc->backends);
	return 0;
}

/**
 * cxl_dc_backend_detach() - detach a backend
 * @dc: the engine
 * @backend: attached backend
 *
 * Return: 0; -EBUSY if it is offered or bound to an extent. &cxl_dc.reason says why.
 */
int cxl_dc_backend_detach(struct cxl_dc *dc, struct cxl_dc_backend *backend)
{
	if (cxl_dc_backend_is_held(backend))
		return dc_refuse(dc, -EBUSY,
				 "a reference of the FM keeps its extent: remove the reference first (5607h)");
	if (backend->user)
		return dc_refuse(dc, -EBUSY, "an extent uses it (%s): release the extent first",
				 cxl_dc_backend_state(backend));
	forget(dc, backend);
	return 0;
}
