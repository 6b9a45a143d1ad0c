/* SPDX-License-Identifier: Apache-2.0 */
#include "store/viewer.h"

#include <stdlib.h>

void viewers_init(struct viewers *vs)
{
	list_init(&vs->list);
	vs->n = 0;
}

bool viewer_is(const struct viewer *viewer, struct bytes member)
{
	return bytes_equal(bytes_of(viewer->member, viewer->len), member);
}

struct viewer *viewers_find(const struct viewers *vs, struct bytes member)
{
	list_for_each (node, &vs->list) {
		struct viewer *viewer = container_of(node, struct viewer, node);

		if (viewer_is(viewer, member))
			return viewer;
	}
	return NULL;
}

static struct viewer *viewers_add(struct viewers *vs, struct bytes member)
{
	struct viewer *viewer = calloc(1, sizeof(*viewer) + member.len);

	if (!viewer)
		return NULL;
	viewer->len = member.len;
	memcpy(viewer->member, member.data, member.len);
	list_push(&vs->list, &viewer->node);
	vs->n++;
	return viewer;
}

struct viewer *viewers_take(struct viewers *vs, struct bytes member)
{
	struct viewer *viewer = viewers_find(vs, member);

	if (!viewer)
		viewer = viewers_add(vs, member);
	if (viewer)
		viewer->streams++;
	return viewer;
}

void viewers_leave(struct viewers *vs, struct viewer *viewer)
{
	if (--viewer->streams > 0)
		return;
	list_remove(&viewer->node);
	vs->n--;
	free(viewer);
}
