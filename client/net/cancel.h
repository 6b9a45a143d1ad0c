/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ^C while a stream runs: the server is told before the program ends. Between
 * cancel_begin and cancel_end the signals that end a program wait (SIGINT, SIGTERM,
 * SIGHUP), and a descriptor tells when one does. A signal that waited takes its
 * usual effect in cancel_end.
 */
#ifndef CLIENT_NET_CANCEL_H
#define CLIENT_NET_CANCEL_H

#include <signal.h>

#include "stafett/base.h"

struct cancel {
	int fd; /* readable once a signal waits; never read from */
	sigset_t before;
};

/* 0 or -errno; on 0, cancel_end must follow. */
int cancel_begin(struct cancel *ret_cancel) WARN_UNUSED;
/* Closes the descriptor and lets the signals come again. */
void cancel_end(struct cancel *cancel);

#endif
