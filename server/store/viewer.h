/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The members who watch one inbox live, each by any number of streams: who is named
 * in the record of a page, and asked after before it is shown.
 */
#ifndef STORE_VIEWER_H
#define STORE_VIEWER_H

#include <stdbool.h>

#include "stafett/base.h"
#include "stafett/list.h"

struct viewer {
	struct list node;
	size_t streams;
	bool lost; /* its role, says the page being read */
	size_t len;
	char member[];
};

struct viewers {
	struct list list;
	size_t n;
};

void viewers_init(struct viewers *viewers);
/* NULL: not one of them. */
struct viewer *viewers_find(const struct viewers *viewers, struct bytes member);
/* One more stream of |member|. NULL: out of memory. */
struct viewer *viewers_take(struct viewers *viewers, struct bytes member);
/* One stream less. */
void viewers_leave(struct viewers *viewers, struct viewer *viewer);
bool viewer_is(const struct viewer *viewer, struct bytes member);

#endif
