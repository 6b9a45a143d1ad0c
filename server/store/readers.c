/* SPDX-License-Identifier: Apache-2.0 */
#include "store/readers.h"

#include <errno.h>
#include <stdlib.h>

#include "stafett/caps.h"

struct readers {
	struct readers_params params;
	struct list queue;
	size_t queued;
	struct reader *each[CAP_READERS];
};

static bool readers_have_long(const struct readers *rs)
{
	for (int i = 0; i < CAP_READERS; i++)
		if (rs->each[i] && reader_is_long(rs->each[i]))
			return true;
	return false;
}

/* The first that may begin now. */
static struct read *readers_next(void *arg)
{
	struct readers *rs = arg;
	bool has_long = readers_have_long(rs);

	list_for_each (node, &rs->queue) {
		struct read *read = container_of(node, struct read, node);

		if (read->is_long && has_long)
			continue;
		list_remove(node);
		rs->queued--;
		return read;
	}
	return NULL;
}

static void readers_refuse_all(struct readers *rs)
{
	struct list *node;

	while ((node = list_pop(&rs->queue))) {
		rs->queued--;
		read_finish(container_of(node, struct read, node), REASON_DATABASE_AWAY);
	}
}

static void readers_on_change(void *arg)
{
	struct readers *rs = arg;

	if (!readers_are_ready(rs))
		readers_refuse_all(rs);
	rs->params.changed(rs->params.arg);
}

int readers_new(const struct readers_params *params, struct readers **ret_readers)
{
	static const struct reader_ops ops = {readers_next, readers_on_change};
	struct readers *rs = calloc(1, sizeof(*rs));
	int rc = rs ? 0 : -ENOMEM;

	if (!rs)
		return rc;
	rs->params = *params;
	list_init(&rs->queue);
	for (int i = 0; rc == 0 && i < CAP_READERS; i++)
		rc = reader_new(
			params->base, params->conninfo, "stafett read", &ops, rs, &rs->each[i]);
	if (rc < 0) {
		readers_free(rs);
		return rc;
	}
	*ret_readers = rs;
	return 0;
}

struct readers *readers_free(struct readers *rs)
{
	if (!rs)
		return NULL;
	for (int i = 0; i < CAP_READERS; i++)
		reader_free(rs->each[i]);
	free(rs);
	return NULL;
}

bool readers_are_ready(const struct readers *rs)
{
	for (int i = 0; i < CAP_READERS; i++)
		if (rs->each[i] && reader_is_connected(rs->each[i]))
			return true;
	return false;
}

void readers_submit(struct readers *rs, struct read *read)
{
	if (!readers_are_ready(rs)) {
		read_finish(read, REASON_DATABASE_AWAY);
		return;
	}
	if (rs->queued >= CAP_QUEUED_OPS) {
		read_finish(read, REASON_OVERLOADED);
		return;
	}
	list_push(&rs->queue, &read->node);
	rs->queued++;
	for (int i = 0; i < CAP_READERS && !list_is_empty(&rs->queue); i++)
		reader_wake(rs->each[i]);
}

void readers_abandon(struct readers *rs, struct read *read)
{
	if (read->reader) {
		reader_abandon(read->reader);
	} else {
		list_remove(&read->node);
		rs->queued--;
	}
	read_fini(read);
}
