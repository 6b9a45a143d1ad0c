/* SPDX-License-Identifier: Apache-2.0 */
/* The unit that something is sent to, and what can be known of it before. */
#ifndef CLIENT_RECIPIENT_H
#define CLIENT_RECIPIENT_H

#include "client/client.h"
#include "stafett/v1/directory_service.pb-c.h"

/* Looks |to| up, an open unit, by its handle or by what people call it. Where the directory cannot
 * be asked just now all goes on without: the server checks it. Then |ret_unit| is NULL. */
int recipient_find(
	struct client *client, const char *to, const Stafett__V1__Unit **ret_unit) WARN_UNUSED;
/* Whether it takes people of |age| years; -1 where that is not known. The age is in
 * the card, which the server cannot read: only the sender can check it. */
int recipient_check_age(struct client *client, const Stafett__V1__Unit *unit, int age) WARN_UNUSED;
/* "Maria Lund does not take this: ..." where it does not; "" else. */
const char *recipient_warning(struct client *client, const Stafett__V1__Unit *unit, int age);

#endif
