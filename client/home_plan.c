/* SPDX-License-Identifier: Apache-2.0 */
/* Plans among events: see the header. */
#include "client/home_plan.h"

const Stafett__V1__Event *home_plan_of(const Stafett__V1__GetResponse *seen)
{
	const char *id = seen->referral->id;

	for (size_t i = seen->n_events; i && *id; i--) {
		const Stafett__V1__Event *event = seen->events[i - 1];

		if (strcmp(event->kind, "plan-home") == 0 &&
			(strcmp(event->referral, id) == 0 || strcmp(event->aftercare, id) == 0))
			return event;
	}
	return NULL;
}

const char *home_plan_contact(const struct client *client, const Stafett__V1__GetResponse *seen)
{
	const Stafett__V1__Event *plan = home_plan_of(seen);
	struct date date;

	if (!plan || strcmp(plan->aftercare, seen->referral->id) != 0 ||
		!date_parse(bytes_of_string(plan->first_contact_date), &date) ||
		date_compare(date, client->today) < 0)
		return NULL;
	return plan->first_contact_date;
}
