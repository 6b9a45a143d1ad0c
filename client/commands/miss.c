/* SPDX-License-Identifier: Apache-2.0 */
/* stafett miss REF [--next TIME]: the person did not come; perhaps another time is
 * set already. */
#include "client/acting_tell.h"
#include "client/acts.h"
#include "client/screen/output.h"
#include "client/text.h"

static int miss_fill(struct acting *acting)
{
	acting_make(acting, &stafett__v1__miss_act__descriptor);
	return 0;
}

static const struct acting_row miss_row = {
	.command = COMMAND_miss,
	.act = "miss",
	.fill = miss_fill,
	.said = N_("{code}: it is recorded[, {clock},] that the person did not come. {other} was "
		   "told."),
};

/* The other time is an act of its own. */
static int miss_book(struct acting *missed, const Stafett__V1__ActResponse **ret_response)
{
	struct acting booking;
	int r;

	acting_on(missed->client, &act_book, acting_look_again(missed), &booking);
	booking.values[INPUT_book_time] = missed->values[INPUT_miss_next];
	booking.values[INPUT_book_kind] = missed->values[INPUT_miss_kind];
	r = acting_do(&booking, ret_response);
	missed->said = _("{code}: it is recorded that the person did not come, and another time is "
			 "booked[, {clock}]. {other} was told.");
	return r;
}

int command_miss(struct client *client, const struct arguments *arguments)
{
	const Stafett__V1__ActResponse *response;
	struct acting acting;
	int r = acting_begin(client, arguments, &miss_row, &acting);

	if (!r)
		r = acting_do(&acting, &response);
	if (!r && acting_has(&acting, INPUT_miss_next))
		r = miss_book(&acting, &response);
	if (r)
		return r;
	if (client->is_json)
		return output_json(client, &response->base);
	acting_tell(&acting, response);
	return 0;
}
