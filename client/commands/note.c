/* SPDX-License-Identifier: Apache-2.0 */
/* stafett note REF: words to the other parties, or "I have reached the person". */
#include "client/acting.h"
#include "client/text.h"

static int note_fill(struct acting *acting)
{
	Stafett__V1__NoteAct *act = acting_make(acting, &stafett__v1__note_act__descriptor);

	act->contact = acting_has(acting, INPUT_note_contact);
	if (act->contact)
		acting->said = _("{code}: noted[ {clock}] that you have reached the person; the "
				 "others were told.");
	return 0;
}

static const struct acting_row note_row = {
	.command = COMMAND_note,
	.act = "note",
	.fill = note_fill,
	.said = N_("{code}: noted[ {clock}]; the others can read it now."),
};

int command_note(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &note_row);
}
