/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The unit that a person is passed on to, by whom they were asked of: what can be known of
 * it before anything is sent. Only the unit that has the card knows the person's age.
 */
#ifndef CLIENT_ONWARD_H
#define CLIENT_ONWARD_H

#include "client/acting.h"

/* Refuses the own unit, and warns on stderr of one that does not take people of that age.
 * 0 or an exit code. */
int onward_check(struct acting *acting, const char *unit) WARN_UNUSED;
/* Warns of a unit that the consent does not name, too; the word "covered" is whom it does.
 * The server decides. */
int onward_check_told(struct acting *acting, const char *unit) WARN_UNUSED;

#endif
