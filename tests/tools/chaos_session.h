/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The connections that pass through the chaos proxy, and the rules that wait for
 * one of them.
 *
 * Invariants: what passed before a cut arrives, nothing behind it does; a rule's
 * session is NULL or alive.
 */
#ifndef TESTS_CHAOS_SESSION_H
#define TESTS_CHAOS_SESSION_H

#include <event2/bufferevent.h>
#include <sys/socket.h>

#include "chaos_rule.h"

enum { CHAOS_SIDES = 2 };

/* What all sessions share. */
struct chaos {
	struct event_base *base;
	struct sockaddr_storage server;
	int server_len;
	bool is_bytes, refuses;
	int delay_ms;
	struct list rules;    /* struct armed.rule.node */
	struct list sessions; /* struct session.node */
};

/* A rule, and who wants to hear that it has fired. */
struct armed {
	struct chaos_rule rule;
	struct bufferevent *control; /* NULL: gone */
};

struct session;

/* Takes a client's socket and connects to the server. */
void session_open(struct chaos *chaos, evutil_socket_t fd);
/* Lets pass what was held. May end the session. */
void session_release(struct session *session);
/* Closes both sockets at once. */
void session_free(struct session *session);
/* The session that holds the node of chaos->sessions. */
struct session *session_of(struct list *node);
/* Takes a rule out of the list and frees it. */
void armed_drop(struct armed *armed);

#endif
