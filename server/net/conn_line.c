/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines in which peers of suspect addresses wait for their handshakes: one an
 * address, there while somebody waits in it. Who goes away leaves it at once, so
 * that no turn is spent on somebody who has gone. Where a line is full the lot
 * decides who must leave: who comes often has no better chance than who comes once.
 */
#include <stdlib.h>

#include <openssl/rand.h>

#include "net/conn_internal.h"
#include "net/now.h"
#include "stafett/caps.h"

struct conn_line {
	struct list node; /* in its bucket of host->lines */
	struct conn_host *host;
	uint64_t source;
	struct list waiting; /* struct conn.chore, the first to come first */
	size_t n;
	struct event turn; /* when the first may begin */
};

static struct list *conn_line_bucket(struct conn_host *host, uint64_t source)
{
	/* Fibonacci: neighbours in a net are spread. */
	return &host->lines[(source * UINT64_C(0x9e3779b97f4a7c15)) >> 32 & (CONN_LINES - 1)];
}

/* The line of |source|, or NULL: nobody waits. */
static struct conn_line *conn_line_find(struct conn_host *host, uint64_t source)
{
	struct list *bucket = conn_line_bucket(host, source);

	list_for_each (node, bucket) {
		struct conn_line *line = container_of(node, struct conn_line, node);

		if (line->source == source)
			return line;
	}
	return NULL;
}

/* Whether nobody else waits for the worker to go on with a handshake. */
static bool conn_line_is_calm(const struct conn_host *host)
{
	return list_is_empty(&host->shaking);
}

static void conn_line_arm(struct conn_line *line, int64_t wait_ns)
{
	int64_t wait_us = wait_ns / 1000 + 1;

	event_add(&line->turn, &(struct timeval){wait_us / 1000000, wait_us % 1000000});
}

static void conn_line_free(struct conn_line *line)
{
	event_del(&line->turn);
	list_remove(&line->node);
	free(line);
}

/* As many begin as may; it is one, unless the address has been forgiven. */
static void conn_line_on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct conn_line *line = arg;
	struct conn_host *host = line->host;
	uint64_t source = line->source;
	bool is_calm = conn_line_is_calm(host); /* before there is something to do */
	int64_t wait_ns;

	while ((wait_ns = suspects_wait_ns(host->suspects, source, is_calm, now_ns())) == 0) {
		struct conn *first = list_first(&line->waiting, struct conn, chore);
		bool is_last = line->n == 1;

		conn_line_leave(first);
		conn_shake_on_turn(first);
		if (is_last)
			return;
	}
	conn_line_arm(line, wait_ns);
}

static struct conn_line *conn_line_new(struct conn_host *host, uint64_t source, int64_t wait_ns)
{
	struct conn_line *line = malloc(sizeof(*line));

	if (!line)
		return NULL;
	*line = (struct conn_line){.host = host, .source = source};
	list_init(&line->waiting);
	evtimer_assign(&line->turn, host->h2.base, conn_line_on_turn, line);
	list_push(conn_line_bucket(host, source), &line->node);
	conn_line_arm(line, wait_ns);
	return line;
}

static void conn_line_push(struct conn_line *line, struct conn *c)
{
	list_push(&line->waiting, &c->chore);
	line->n++;
	c->line = line;
}

/* Any of |n|, the first is 0; without chance the last. */
static size_t conn_line_draw(size_t n)
{
	uint32_t random = UINT32_MAX;

	RAND_bytes((uint8_t *)&random, sizeof(random));
	return (size_t)((uint64_t)random * n >> 32);
}

static void conn_line_send_away(struct conn *c)
{
	metrics_add(c->host->h2.metrics, METRIC_ATTACK_PACED, 1);
	conn_leave(c, "too many handshakes of this address wait", false);
}

/* One of those who wait has to go, if there are too many of them. */
static void conn_line_thin(struct conn_line *line)
{
	struct list *node = line->waiting.next;

	if (line->n <= CAP_WAITING_PEERS)
		return;
	for (size_t i = conn_line_draw(line->n); i > 0; i--)
		node = node->next;
	conn_line_send_away(container_of(node, struct conn, chore));
}

bool conn_line_join(struct conn *c)
{
	struct conn_host *host = c->host;
	struct conn_line *line = conn_line_find(host, c->source);

	if (!line) {
		int64_t wait_ns = suspects_wait_ns(
			host->suspects, c->source, conn_line_is_calm(host), now_ns());

		if (wait_ns == 0)
			return false;
		line = conn_line_new(host, c->source, wait_ns);
	}
	metrics_add(host->h2.metrics, METRIC_HANDSHAKES_DELAYED, 1);
	conn_enter(c, CONN_WAITING);
	if (line) {
		conn_line_push(line, c);
		conn_line_thin(line);
	} else {
		conn_line_send_away(c);
	}
	return true;
}

void conn_line_leave(struct conn *c)
{
	struct conn_line *line = TAKE(c->line);

	if (!line)
		return;
	list_remove(&c->chore);
	if (--line->n == 0)
		conn_line_free(line);
}
