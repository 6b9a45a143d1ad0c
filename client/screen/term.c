/* SPDX-License-Identifier: Apache-2.0 */
/* Words of the wire in the user's language: see the header. States and acts are
 * collected from their tables; what no table has stands here. */
#include "client/screen/term.h"

#include "client/memory.h"
#include "client/text.h"

/* Whatever may be shown; the tables' rows are collected by client/po/update. */
static const char *const term_words[] = {
#define STATE(name, code, leaf_number, ended, actor, act, ...) code, act,
#include "stafett/tbl/states.def"
#undef STATE
#define ACT(number, name, code, ...) code,
#include "stafett/tbl/acts.def"
#undef ACT
	N_("reach"),
	N_("alarm"),
	N_("sent"),
	N_("asked"),
	N_("promised"),
	N_("missed"),
	N_("reached or cancelled"),
	N_("ended"),
	N_("moved"),
	N_("registered"),
	N_("asked for help"),
	N_("admitted"),
	N_("ready to leave"),
	N_("discharged"),
	N_("expected"),
	N_("stored"),
	N_("offered"),
	N_("fetched"),
	N_("acknowledged"),
	N_("refused"),
	N_("ok"),
	N_("duplicate"),
	N_("denied"),
	N_("requester"),
	N_("owner"),
	N_("hand-back"),
	N_("holder"),
	N_("left"),
	N_("none"),
	N_("active"),
	N_("open"),
	N_("closed"),
};

const char *term_word(const struct client *client, const char *word)
{
	/* As FHIR has it, whoever wished it. */
	if (!client->is_plain && strcmp(word, "failed") == 0)
		return _("broken off");
	for (size_t i = 0; i < ARRAY_SIZE(term_words); i++) {
		/* The empty text would be the catalogue's header. */
		if (*word && !client->is_plain && strcmp(term_words[i], word) == 0)
			return _(term_words[i]);
	}
	return word;
}

const char *term_next(const struct client *client, const char *act)
{
	static const struct {
		const char *act, *text;
	} rows[] = {
		{"send", N_("ask another unit")},
		{"reach", N_("reach the person")},
		{"amend", N_("answer the question")},
		{"attend", N_("report the visit")},
		{"take-back", N_("take the chain back")},
		{"reply", N_("answer the call to plan together")},
		{"help", N_("say why help is late")},
		{"follow-up-3", N_("say how it is after 3 months")},
		{"follow-up-6", N_("say how it is after 6 months")},
		{"follow-up-12", N_("say how it is after a year")},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!client->is_plain && strcmp(rows[i].act, act) == 0)
			return _(rows[i].text);
	}
	return term_word(client, act);
}

const char *term_proposal(const struct client *client, const char *act)
{
	static const struct {
		const char *act, *text;
	} rows[] = {
		{"void", N_("the voiding")},
		{"correct-clock", N_("the correction of the day on which help was asked for")},
		{"merge", N_("the merger of two chains")},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!client->is_plain && strcmp(rows[i].act, act) == 0)
			return _(rows[i].text);
	}
	return term_word(client, act);
}

static bool term_is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* "Alkohol" as "alkohol"; names and abbreviations ("CRA") stay. */
static char *term_within_sentence(struct client *client, const char *text)
{
	static const char swedish[][2][3] = {{"Å", "å"}, {"Ä", "ä"}, {"Ö", "ö"}};
	char *copy = memory_string(&client->arena, text);

	const char *second = strchr(text, ' ');

	/* A name has several: "Community Reinforcement Approach". */
	if (second && term_is_capital(second[1]))
		return copy;
	if (term_is_capital(text[0]) && !term_is_capital(text[1]))
		copy[0] = (char)(text[0] - 'A' + 'a');
	for (size_t i = 0; i < ARRAY_SIZE(swedish); i++) {
		if (strncmp(text, swedish[i][0], 2) == 0)
			memcpy(copy, swedish[i][1], 2);
	}
	return copy;
}

const char *term_code(struct client *client, enum codes_list list, const char *code)
{
	const char *text = codes_text(list, bytes_of_string(code), text_language());

	if (client->is_plain || text_language() == CODES_ENGLISH || !text)
		return code;
	return term_within_sentence(client, text);
}
