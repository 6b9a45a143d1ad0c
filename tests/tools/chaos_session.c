/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two flows a session, one a direction. Whole messages go from the input of one
 * socket to the output of the other; a session that has been cut takes nothing
 * more, and is closed when what it took has been written.
 */
#include "chaos_session.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include <event2/buffer.h>
#include <event2/event.h>

enum { CHAOS_HEAD = 5 }; /* a message's type and length */

/* One direction: what |from| says goes to the other side. */
struct flow {
	struct session *session;
	enum chaos_side side;
	struct bufferevent *from;
	struct event *timer; /* while what arrived is delayed */
	bool gone;	     /* |from| has left: what it should still get is lost */
};

struct session {
	struct list node;
	struct chaos *chaos;
	struct flow flows[CHAOS_SIDES];
	char application[CHAOS_WORD_MAX];
	bool started; /* the client's first message has passed: it has no type */
	bool held;
	bool ending; /* nothing more is taken; closed when the rest has arrived */
};

static struct bufferevent *flow_to(const struct flow *flow)
{
	return flow->session->flows[!flow->side].from;
}

/* --- the end of a session ----------------------------------------------------- */

void session_free(struct session *session)
{
	list_for_each (node, &session->chaos->rules) {
		struct armed *armed = container_of(node, struct armed, rule.node);

		if (armed->rule.session == session)
			armed->rule.session = NULL;
	}
	for (int side = 0; side < CHAOS_SIDES; side++) {
		event_free(session->flows[side].timer);
		bufferevent_free(session->flows[side].from);
	}
	list_remove(&session->node);
	free(session);
}

static void session_close_if_drained(struct session *session)
{
	if (!session->ending)
		return;
	for (int side = 0; side < CHAOS_SIDES; side++) {
		const struct flow *flow = &session->flows[side];

		if (!flow->gone && evbuffer_get_length(bufferevent_get_output(flow->from)))
			return;
	}
	session_free(session);
}

/* Takes nothing more. The session is gone when the last function that knows it
 * calls session_close_if_drained. */
static void session_end(struct session *session)
{
	session->ending = true;
	for (int side = 0; side < CHAOS_SIDES; side++) {
		bufferevent_disable(session->flows[side].from, EV_READ);
		event_del(session->flows[side].timer);
	}
}

/* --- rules ------------------------------------------------------------------------ */

void armed_drop(struct armed *armed)
{
	list_remove(&armed->rule.node);
	free(armed);
}

static void armed_fire(struct armed *armed)
{
	if (armed->control)
		bufferevent_write(armed->control, "fired\n", 6);
	armed_drop(armed);
}

/* What the rules say of this message. At most one of them acts. */
static enum chaos_action session_judge(struct session *session, const struct chaos_message *message)
{
	list_for_each_safe (node, &session->chaos->rules) {
		struct armed *armed = container_of(node, struct armed, rule.node);
		enum chaos_action action =
			chaos_rule_meet(&armed->rule, session, session->application, message);

		if (action != CHAOS_PASS) {
			armed_fire(armed);
			return action;
		}
	}
	return CHAOS_PASS;
}

/* --- messages of PostgreSQL ----------------------------------------------------------- */

static size_t read_length(const uint8_t *p)
{
	return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
}

/* The first message names the application among "key NUL value NUL ...". */
static void session_start(struct session *session, const uint8_t *data, size_t len)
{
	static const char key[] = "application_name";
	const uint8_t *found = memmem(data, len, key, sizeof(key));

	if (found)
		snprintf(session->application, sizeof(session->application), "%s",
			(const char *)found + sizeof(key));
	session->started = true;
}

/* The length of the whole message at the head of |in|, or 0 while it is not all
 * there. */
static size_t flow_message_length(const struct flow *flow, struct evbuffer *in)
{
	bool has_type = flow->side == CHAOS_BACK || flow->session->started;
	size_t head = has_type ? CHAOS_HEAD : CHAOS_HEAD - 1, len;
	const uint8_t *data;

	if (evbuffer_get_length(in) < head)
		return 0;
	data = evbuffer_pullup(in, (ssize_t)head);
	len = read_length(data + (has_type ? 1 : 0)) + (has_type ? 1 : 0);
	return evbuffer_get_length(in) < len ? 0 : len;
}

/* A Bind of "commit" becomes one of "rollback"; portal names are empty here. */
static void flow_send_rollback(struct flow *flow, struct evbuffer *in, size_t len)
{
	static const char old[] = "commit", new[] = "rollback";
	struct evbuffer *out = bufferevent_get_output(flow_to(flow));
	const size_t more = sizeof(new) - sizeof(old), names = 1 + sizeof(old);
	const uint32_t length = htonl((uint32_t)(len - 1 + more));

	evbuffer_add(out, "B", 1);
	evbuffer_add(out, &length, sizeof(length));
	evbuffer_add(out, "", 1);
	evbuffer_add(out, new, sizeof(new));
	evbuffer_drain(in, CHAOS_HEAD + names);
	evbuffer_remove_buffer(in, out, len - CHAOS_HEAD - names);
}

/* Passes one message on, or does with it what a rule says. False: no more now. */
static bool flow_pass_message(struct flow *flow, struct evbuffer *in, size_t len)
{
	struct session *session = flow->session;
	struct evbuffer *out = bufferevent_get_output(flow_to(flow));
	const uint8_t *data = evbuffer_pullup(in, (ssize_t)len);
	const struct chaos_message message = {
		flow->side, (char)data[0], bytes_of(data + CHAOS_HEAD, len - CHAOS_HEAD)};

	if (flow->side == CHAOS_FRONT && !session->started) {
		session_start(session, data, len);
		evbuffer_remove_buffer(in, out, len);
		return true;
	}
	switch (session_judge(session, &message)) {
	case CHAOS_PASS:
		evbuffer_remove_buffer(in, out, len);
		return true;
	case CHAOS_CUT_AFTER:
		evbuffer_remove_buffer(in, out, len);
		session_end(session);
		return false;
	case CHAOS_CUT_BEFORE:
		session_end(session);
		return false;
	case CHAOS_HOLD:
		session->held = true;
		return false;
	case CHAOS_ROLLBACK:
		flow_send_rollback(flow, in, len);
		return true;
	}
	return false;
}

static void flow_pass_messages(struct flow *flow, struct evbuffer *in)
{
	size_t len;

	while (!flow->session->held && (len = flow_message_length(flow, in)))
		if (!flow_pass_message(flow, in, len))
			break;
}

/* --- bytes ----------------------------------------------------------------------------- */

static void flow_pass_bytes(struct flow *flow, struct evbuffer *in)
{
	struct evbuffer *out = bufferevent_get_output(flow_to(flow));
	size_t len = evbuffer_get_length(in);

	list_for_each_safe (node, &flow->session->chaos->rules) {
		struct armed *armed = container_of(node, struct armed, rule.node);
		struct chaos_rule *rule = &armed->rule;

		len = chaos_rule_room(rule, flow->session, flow->side, len);
		if (rule->session == flow->session && rule->seen >= rule->point) {
			armed_fire(armed);
			session_end(flow->session);
			break;
		}
	}
	evbuffer_remove_buffer(in, out, len);
}

/* --- sockets --------------------------------------------------------------------------- */

static void flow_pass(struct flow *flow)
{
	struct evbuffer *in = bufferevent_get_input(flow->from);

	if (flow->session->ending)
		return;
	if (flow->session->chaos->is_bytes)
		flow_pass_bytes(flow, in);
	else
		flow_pass_messages(flow, in);
}

static void flow_on_time(evutil_socket_t fd, short what, void *arg)
{
	struct flow *flow = arg;

	flow_pass(flow);
	session_close_if_drained(flow->session);
}

static void flow_on_read(struct bufferevent *from, void *arg)
{
	struct flow *flow = arg;
	int ms = flow->session->chaos->delay_ms;
	struct timeval after = {ms / 1000, ms % 1000 * 1000};

	if (!ms)
		flow_on_time(-1, 0, flow);
	else if (!event_pending(flow->timer, EV_TIMEOUT, NULL))
		event_add(flow->timer, &after);
}

static void flow_on_written(struct bufferevent *from, void *arg)
{
	const struct flow *flow = arg;

	session_close_if_drained(flow->session);
}

/* A peer has left: what it had said still goes on, unless it is held. */
static void flow_on_event(struct bufferevent *from, short what, void *arg)
{
	struct flow *flow = arg;
	struct session *session = flow->session;

	if (what & BEV_EVENT_CONNECTED)
		return;
	flow->gone = true;
	flow_pass(flow);
	session_end(session);
	session_close_if_drained(session);
}

static void session_begin(struct session *session, enum chaos_side side, evutil_socket_t fd)
{
	struct flow *flow = &session->flows[side];
	struct event_base *base = session->chaos->base;

	*flow = (struct flow){.session = session, .side = side};
	flow->from = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
	flow->timer = evtimer_new(base, flow_on_time, flow);
	if (!flow->from || !flow->timer)
		abort();
	bufferevent_setcb(flow->from, flow_on_read, flow_on_written, flow_on_event, flow);
}

void session_open(struct chaos *chaos, evutil_socket_t fd)
{
	struct session *session = calloc(1, sizeof(*session));

	if (!session)
		abort();
	session->chaos = chaos;
	list_push(&chaos->sessions, &session->node);
	session_begin(session, CHAOS_FRONT, fd);
	session_begin(session, CHAOS_BACK, -1);
	for (int side = 0; side < CHAOS_SIDES; side++)
		bufferevent_enable(session->flows[side].from, EV_READ | EV_WRITE);
	/* A server that is away ends the session from inside this call. */
	(void)bufferevent_socket_connect(session->flows[CHAOS_BACK].from,
		(struct sockaddr *)&chaos->server, chaos->server_len);
}

void session_release(struct session *session)
{
	session->held = false;
	for (int side = 0; side < CHAOS_SIDES; side++)
		flow_pass(&session->flows[side]);
	session_close_if_drained(session);
}

struct session *session_of(struct list *node)
{
	return container_of(node, struct session, node);
}
