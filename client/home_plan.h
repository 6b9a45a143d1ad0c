/* SPDX-License-Identifier: Apache-2.0 */
/* The plan for a person's homecoming, as the events of the chain tell it. */
#ifndef CLIENT_HOME_PLAN_H
#define CLIENT_HOME_PLAN_H

#include "client/client.h"
#include "stafett/v1/referral_service.pb-c.h"

/* The last plan of this referral, or the one that names it as the aftercare; NULL where
 * none of |seen| does. */
const Stafett__V1__Event *home_plan_of(const Stafett__V1__GetResponse *seen);
/* The day of the first contact that the plan leaves to this aftercare; NULL where there is
 * none, or it is past. */
const char *home_plan_contact(const struct client *client, const Stafett__V1__GetResponse *seen);

#endif
