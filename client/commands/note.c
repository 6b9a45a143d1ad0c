/* SPDX-License-Identifier: Apache-2.0 */
/* stafett note REF: words to the other parties, or "I have reached the person". */
#include "client/acting.h"
#include "client/text.h"

int command_note(struct client *client, const struct arguments *arguments)
{
	Stafett__V1__NoteAct act = STAFETT__V1__NOTE_ACT__INIT;
	struct acting acting;
	struct bytes text;
	int r = arguments_count(client, arguments, 1, 1, _("which referral, like 7K3M"));

	act.contact = arguments_has(arguments, OPTION_note_contact);
	if (!r)
		r = acting_text(client, arguments, OPTION_note_file, !act.contact, &text);
	if (!r)
		r = acting_begin(client, arguments, &acting);
	if (r)
		return r;
	acting.header.act_case = STAFETT__V1__HEADER__ACT_NOTE;
	acting.header.note = &act;
	return acting_finish(&acting, text,
		act.contact ? _("{code}: noted[ {clock}] that you have reached the person; the "
				"others were told.")
			    : _("{code}: noted[ {clock}]; the others can read it now."));
}
