/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A proxy that breaks connections on command, exactly at the boundary of a
 * message of PostgreSQL's protocol (or, proxying bytes, after a byte):
 *
 *   chaos_proxy postgres|bytes LISTEN SERVER CONTROL
 *
 * LISTEN and SERVER are paths of Unix sockets or ports of 127.0.0.1, CONTROL is
 * a path. Commands, one a line, each answered with "ok" or "wrong":
 *
 *   rule ...    see chaos_rule.h; "fired" follows on the same control connection
 *   forget      all rules are dropped
 *   release     what is held goes on
 *   cut         every connection is closed
 *   refuse      new connections are closed at once     accept   ... are served
 *   delay MS    what arrives waits so long before it goes on
 */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/listener.h>

#include "chaos_session.h"

/* --- commands -------------------------------------------------------------------------------- */

static int chaos_arm(struct chaos *chaos, const char *words, struct bufferevent *control)
{
	struct armed *armed = calloc(1, sizeof(*armed));

	if (!armed || chaos_rule_parse(words, &armed->rule) < 0) {
		free(armed);
		return -EINVAL;
	}
	armed->control = control;
	list_push(&chaos->rules, &armed->rule.node);
	return 0;
}

static void chaos_forget(struct chaos *chaos)
{
	list_for_each_safe (node, &chaos->rules)
		armed_drop(container_of(node, struct armed, rule.node));
}

static void chaos_release(struct chaos *chaos)
{
	list_for_each_safe (node, &chaos->sessions)
		session_release(session_of(node));
}

static void chaos_cut(struct chaos *chaos)
{
	list_for_each_safe (node, &chaos->sessions)
		session_free(session_of(node));
}

static int chaos_obey(struct chaos *chaos, const char *line, struct bufferevent *control)
{
	if (strncmp(line, "rule ", 5) == 0)
		return chaos_arm(chaos, line + 5, control);
	if (strncmp(line, "delay ", 6) == 0)
		chaos->delay_ms = atoi(line + 6);
	else if (strcmp(line, "forget") == 0)
		chaos_forget(chaos);
	else if (strcmp(line, "release") == 0)
		chaos_release(chaos);
	else if (strcmp(line, "cut") == 0)
		chaos_cut(chaos);
	else if (strcmp(line, "refuse") == 0 || strcmp(line, "accept") == 0)
		chaos->refuses = line[0] == 'r';
	else
		return -EINVAL;
	return 0;
}

static void control_on_read(struct bufferevent *control, void *arg)
{
	struct chaos *chaos = arg;
	char *line;

	while ((line = evbuffer_readln(bufferevent_get_input(control), NULL, EVBUFFER_EOL_LF))) {
		const char *answer = chaos_obey(chaos, line, control) == 0 ? "ok\n" : "wrong\n";

		bufferevent_write(control, answer, strlen(answer));
		free(line);
	}
}

static void control_on_event(struct bufferevent *control, short what, void *arg)
{
	struct chaos *chaos = arg;

	list_for_each (node, &chaos->rules) {
		struct armed *armed = container_of(node, struct armed, rule.node);

		if (armed->control == control)
			armed->control = NULL;
	}
	bufferevent_free(control);
}

static void control_on_accept(struct evconnlistener *listener, evutil_socket_t fd,
	struct sockaddr *address, int len, void *arg)
{
	struct chaos *chaos = arg;
	struct bufferevent *control =
		bufferevent_socket_new(chaos->base, fd, BEV_OPT_CLOSE_ON_FREE);

	if (!control)
		abort();
	bufferevent_setcb(control, control_on_read, NULL, control_on_event, chaos);
	bufferevent_enable(control, EV_READ | EV_WRITE);
}

static void chaos_on_accept(struct evconnlistener *listener, evutil_socket_t fd,
	struct sockaddr *address, int len, void *arg)
{
	struct chaos *chaos = arg;

	if (chaos->refuses)
		evutil_closesocket(fd);
	else
		session_open(chaos, fd);
}

/* --- start ------------------------------------------------------------------------------------ */

/* A port of 127.0.0.1, or the path of a Unix socket. Gives the address's length. */
static int read_address(const char *text, struct sockaddr_storage *ret_address)
{
	char *end;
	unsigned long port = strtoul(text, &end, 10);
	struct sockaddr_in *in = (struct sockaddr_in *)ret_address;
	struct sockaddr_un *un = (struct sockaddr_un *)ret_address;

	memset(ret_address, 0, sizeof(*ret_address));
	if (!*end) {
		in->sin_family = AF_INET;
		in->sin_port = htons((uint16_t)port);
		in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		return sizeof(*in);
	}
	un->sun_family = AF_UNIX;
	snprintf(un->sun_path, sizeof(un->sun_path), "%s", text);
	return sizeof(*un);
}

static void chaos_listen(struct chaos *chaos, const char *where, evconnlistener_cb on_accept)
{
	struct sockaddr_storage address;
	int len = read_address(where, &address);

	if (!evconnlistener_new_bind(chaos->base, on_accept, chaos,
		    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE, -1,
		    (struct sockaddr *)&address, len)) {
		fprintf(stderr, "chaos_proxy: cannot listen on %s: %s\n", where, strerror(errno));
		exit(EXIT_FAILURE);
	}
}

static void chaos_on_signal(evutil_socket_t number, short what, void *arg)
{
	event_base_loopbreak(arg);
}

int main(int argc, char **argv)
{
	struct chaos chaos = {.base = event_base_new()};
	struct event *end;

	if (argc != 5 || !chaos.base) {
		fputs("usage: chaos_proxy postgres|bytes LISTEN SERVER CONTROL\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	chaos.is_bytes = strcmp(argv[1], "bytes") == 0;
	chaos.server_len = read_address(argv[3], &chaos.server);
	list_init(&chaos.rules);
	list_init(&chaos.sessions);
	chaos_listen(&chaos, argv[2], chaos_on_accept);
	chaos_listen(&chaos, argv[4], control_on_accept);
	end = evsignal_new(chaos.base, SIGTERM, chaos_on_signal, chaos.base);
	event_add(end, NULL);
	puts("chaos: ready");
	fflush(stdout);
	event_base_dispatch(chaos.base);
	/* The process ends, and with it all that it holds. */
	_exit(EXIT_SUCCESS);
}
