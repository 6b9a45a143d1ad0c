/* SPDX-License-Identifier: Apache-2.0 */
/* The questions of an act on a terminal: what is missing, and whether to do it. */
#ifndef CLIENT_ACTING_ASK_H
#define CLIENT_ACTING_ASK_H

#include "client/acting.h"

/* Whether something is to be asked: it is missing, and somebody is there. 0, or an
 * exit code where it is missing and nobody is. */
int acting_ask_whether(struct acting *acting, bool *ret_is_asked) WARN_UNUSED;
/* Shows what it is about, asks, and lets it be confirmed. 0 or an exit code. */
int acting_ask(struct acting *acting) WARN_UNUSED;

#endif
