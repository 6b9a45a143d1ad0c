/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is touched collects while a NOTIFY is under way and for a little while after
 * it, and goes with the next. The payload is the ids, 32 hexadecimal digits each, or
 * "*" where there were too many to name.
 */
#include "store/hint.h"

#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "db/conn.h"
#include "store/rulebooks.h"
#include "store/statements.h"

/* A hint that is lost in a crash is no loss. */
#define HINT_OPTIONS \
	"-c role=stafett_app -c synchronous_commit=off -c statement_timeout=10s -c jit=off"

/* A payload holds 8000 bytes. */
enum { HINT_UNITS = 240, HINT_DIGITS = 32 };

/* Between one NOTIFY and the next: nobody who watches an inbox sees the difference. */
enum { HINT_PAUSE_MS = 20 };

/* A set of units; |all|: too many to name. */
struct touched {
	size_t n;
	bool all;
	struct uuid units[HINT_UNITS];
};

struct hints {
	struct hints_params params;
	struct db_conn *conn;
	struct event *turn, *pause;
	bool ready;
	bool sending;	       /* or in the pause after it */
	struct touched here;   /* to be told at the end of this turn */
	struct touched there;  /* to be told by NOTIFY */
	struct rulebook *book; /* half read */
};

static void touched_add(struct touched *t, const struct uuid *unit)
{
	for (size_t i = 0; i < t->n; i++)
		if (uuid_equal(&t->units[i], unit))
			return;
	if (t->n < HINT_UNITS)
		t->units[t->n++] = *unit;
	else
		t->all = true;
}

static void touched_clear(struct touched *t)
{
	t->n = 0;
	t->all = false;
}

static bool touched_is_empty(const struct touched *t)
{
	return t->n == 0 && !t->all;
}

static void hints_tell(struct hints *h, const struct touched *t)
{
	if (t->all)
		h->params.touched(h->params.arg, NULL);
	for (size_t i = 0; !t->all && i < t->n; i++)
		h->params.touched(h->params.arg, &t->units[i]);
}

/* --- to others ------------------------------------------------------------------ */

static size_t hints_payload(const struct touched *t, char out[HINT_UNITS * HINT_DIGITS + 1])
{
	size_t len = 0;

	if (t->all) {
		memcpy(out, "*", 2);
		return 1;
	}
	for (size_t i = 0; i < t->n; i++)
		for (size_t b = 0; b < sizeof(t->units[i].b); b++) {
			out[len++] = "0123456789abcdef"[t->units[i].b[b] >> 4];
			out[len++] = "0123456789abcdef"[t->units[i].b[b] & 15];
		}
	out[len] = '\0';
	return len;
}

static void hints_send(struct hints *h);

static void hints_on_sent(void *arg, const PGresult *result)
{
	static const struct timeval pause = {0, HINT_PAUSE_MS * 1000};
	struct hints *h = arg;

	if (result)
		event_add(h->pause, &pause);
}

static void hints_on_pause_over(evutil_socket_t fd, short what, void *arg)
{
	struct hints *h = arg;

	h->sending = false;
	hints_send(h);
}

static void hints_send(struct hints *h)
{
	char payload[HINT_UNITS * HINT_DIGITS + 1];
	struct db_args args;

	if (!h->ready || h->sending || touched_is_empty(&h->there))
		return;
	db_args_init(&args);
	db_args_add_bytes(&args, bytes_of(payload, hints_payload(&h->there, payload)));
	touched_clear(&h->there);
	h->sending = true;
	metrics_add(h->params.metrics, METRIC_HINTS_SENT, 1);
	if (db_conn_execute(h->conn, HINT_NOTIFY, &args, NULL, NULL) == 0)
		(void)!db_conn_sync(h->conn, hints_on_sent, h);
}

static void hints_on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct hints *h = arg;

	hints_tell(h, &h->here);
	touched_clear(&h->here);
	hints_send(h);
}

void hints_touch(struct hints *h, const struct uuid *unit)
{
	if (uuid_is_nil(unit))
		return;
	touched_add(&h->here, unit);
	if (h->ready)
		touched_add(&h->there, unit);
	event_active(h->turn, 0, 0);
}

/* --- from others ------------------------------------------------------------------ */

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool hints_read_unit(const char *text, struct uuid *ret_unit)
{
	for (size_t i = 0; i < sizeof(ret_unit->b); i++) {
		int high = hex_value(text[2 * i]);
		int low = high < 0 ? -1 : hex_value(text[2 * i + 1]);

		if (low < 0)
			return false;
		ret_unit->b[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static void hints_on_rules(void *arg, const PGresult *result)
{
	struct hints *h = arg;

	h->book = rulebooks_free(h->book);
	if (result && PQresultStatus(result) == PGRES_TUPLES_OK)
		h->book = rulebooks_read(result);
}

/* A book without its bases is none: what may be disclosed is not guessed. */
static void hints_on_bases(void *arg, const PGresult *result)
{
	struct hints *h = arg;

	if (!h->book || !result)
		return;
	if (PQresultStatus(result) != PGRES_TUPLES_OK || rulebooks_read_bases(h->book, result) < 0)
		h->book = rulebooks_free(h->book);
}

static void hints_on_rule_units(void *arg, const PGresult *result)
{
	struct hints *h = arg;

	if (!h->book || !result || PQresultStatus(result) != PGRES_TUPLES_OK ||
		rulebooks_read_units(h->book, result) < 0) {
		if (result)
			log_error("rules of deadlines cannot be read",
				LOG_S("error", PQresultErrorMessage(result)));
		return;
	}
	h->params.ruled(h->params.arg, TAKE(h->book));
}

static void hints_read_rules(struct hints *h)
{
	if (db_conn_execute(h->conn, HINT_RULES, NULL, hints_on_rules, h) == 0 &&
		db_conn_execute(h->conn, HINT_BASES, NULL, hints_on_bases, h) == 0 &&
		db_conn_execute(h->conn, HINT_RULE_UNITS, NULL, hints_on_rule_units, h) == 0)
		(void)!db_conn_sync(h->conn, NULL, NULL);
}

/* What cannot be read means that anything may have changed. */
static void hints_on_notified(void *arg, const char *payload)
{
	struct hints *h = arg;
	struct uuid unit;

	if (strcmp(payload, RULEBOOKS_HINT) == 0) {
		hints_read_rules(h);
		return;
	}
	metrics_add(h->params.metrics, METRIC_HINTS_HEARD, 1);
	while (*payload) {
		if (!hints_read_unit(payload, &unit)) {
			h->params.touched(h->params.arg, NULL);
			return;
		}
		h->params.touched(h->params.arg, &unit);
		payload += HINT_DIGITS;
	}
}

/* --- life --------------------------------------------------------------------------- */

static void hints_on_listening(void *arg, const PGresult *result)
{
	struct hints *h = arg;

	if (!result)
		return;
	h->ready = true;
	h->params.touched(h->params.arg, NULL); /* while we did not listen */
	hints_read_rules(h);
}

static void hints_on_ready(void *arg, struct db_conn *conn)
{
	struct hints *h = arg;

	if (db_conn_execute(conn, HINT_LISTEN, NULL, NULL, NULL) == 0 &&
		db_conn_execute(conn, HINT_LISTEN_RULES, NULL, NULL, NULL) == 0)
		(void)!db_conn_sync(conn, hints_on_listening, h);
}

static void hints_on_lost(void *arg, struct db_conn *conn)
{
	struct hints *h = arg;

	h->ready = h->sending = false;
	event_del(h->pause);
	touched_clear(&h->there);
}

int hints_new(const struct hints_params *params, struct hints **ret_hints)
{
	static const struct db_ops ops = {hints_on_ready, hints_on_lost};
	struct hints *h = calloc(1, sizeof(*h));
	struct db_params db = {
		.base = params->base,
		.conninfo = params->conninfo,
		.options = HINT_OPTIONS,
		.name = "stafett hints",
		.statements = hint_statements,
		.n_statements = HINT_STATEMENTS,
		.ops = &ops,
		.notified = hints_on_notified,
		.arg = h,
	};
	int rc;

	if (!h)
		return -ENOMEM;
	h->params = *params;
	h->turn = event_new(params->base, -1, 0, hints_on_turn, h);
	h->pause = evtimer_new(params->base, hints_on_pause_over, h);
	rc = h->turn && h->pause ? db_conn_new(&db, &h->conn) : -ENOMEM;
	if (rc < 0) {
		hints_free(h);
		return rc;
	}
	*ret_hints = h;
	return 0;
}

struct hints *hints_free(struct hints *h)
{
	if (!h)
		return NULL;
	db_conn_free(h->conn);
	rulebooks_free(h->book);
	if (h->turn)
		event_free(h->turn);
	if (h->pause)
		event_free(h->pause);
	free(h);
	return NULL;
}
