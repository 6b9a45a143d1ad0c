/* SPDX-License-Identifier: Apache-2.0 */
/* Events in words: see the header. */
#include "client/screen/event.h"

#include "client/directory.h"
#include "client/memory.h"
#include "client/screen/format.h"
#include "client/text.h"

/* In the past: what the acts of tbl/acts.def have done. */
static const struct {
	const char *kind, *text;
} event_rows[] = {
	{"send", N_("sent")},
	{"acknowledge", N_("acknowledged")},
	{"ask", N_("question asked")},
	{"amend", N_("amended")},
	{"accept", N_("accepted")},
	{"reject", N_("rejected")},
	{"forward", N_("forwarded")},
	{"answer", N_("answered")},
	{"withdraw", N_("withdrawn")},
	{"need-gone", N_("ended: no longer needed")},
	{"note", N_("noted")},
	{"assign", N_("assigned")},
};

const char *event_word(const char *kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(event_rows); i++) {
		if (strcmp(event_rows[i].kind, kind) == 0)
			return _(event_rows[i].text);
	}
	return kind;
}

/* The first event of a chain makes a holder, and moves none. */
const char *event_text(struct client *client, const Stafett__V1__Event *event)
{
	const char *text = event_word(event->kind);

	if (event->custodian_changed && *event->from_status)
		return memory_printf(&client->arena, "%s  %s", text, _("HOLDER MOVED"));
	return text;
}

const char *event_news(struct client *client, const Stafett__V1__Event *event)
{
	struct arena *arena = &client->arena;
	struct words words = {0};

	words_set(&words, "code",
		format_code_start(arena, format_code_of_id(arena, event->referral)));
	words_set(&words, "done", event_word(event->kind));
	words_set(&words, "unit", directory_name(client, event->unit));
	return words_fill(arena, _("{code} {done} by {unit}"), &words);
}
