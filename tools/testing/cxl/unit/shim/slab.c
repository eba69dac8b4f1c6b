// SPDX-License-Identifier: GPL-2.0-only
/* Memory that is counted and that can run out. */
#include <stdlib.h>
#include <linux/slab.h>

/* Before each object: its size. */
#define HEADER	16

struct shim_slab shim_slab;

/* Return whether an allocation fails. */
static bool fails(size_t size, gfp_t flags)
{
	if (flags & __GFP_NOFAIL)
		return false;
	shim_slab.calls++;
	if (shim_slab.fail == 1 || size > SIZE_MAX / 2 || (shim_slab.max && size > shim_slab.max))
		return true;
	if (shim_slab.fail)
		shim_slab.fail--;
	return false;
}

void *kzalloc(size_t size, gfp_t flags)
{
	char *memory;

	if (fails(size, flags))
		return NULL;
	memory = calloc(1, HEADER + size);
	if (!memory)
		abort();
	*(size_t *)memory = size;
	shim_slab.objects++;
	shim_slab.bytes += size;
	return memory + HEADER;
}

void kfree(const void *object)
{
	char *memory;

	if (!object)
		return;
	memory = (char *)object - HEADER;
	shim_slab.objects--;
	shim_slab.bytes -= *(size_t *)memory;
	free(memory);
}
