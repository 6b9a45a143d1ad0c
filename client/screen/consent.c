/* SPDX-License-Identifier: Apache-2.0 */
#include "client/screen/consent.h"

#include <stdio.h>

#include "client/directory.h"
#include "client/memory.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/output.h"
#include "client/screen/table.h"
#include "client/screen/term.h"
#include "client/text.h"

const char *consent_recipients(struct client *client, const Stafett__V1__Consent *consent)
{
	const char *text = "";

	for (size_t i = 0; i < consent->n_recipients; i++)
		text = memory_printf(&client->arena, "%s%s%s", text, i ? ", " : "",
			strchr(consent->recipients[i], '/')
				? directory_name(client, consent->recipients[i])
				: directory_organization(client, consent->recipients[i]));
	return text;
}

const char *consent_sentence(struct client *client, const Stafett__V1__Referral *referral)
{
	const Stafett__V1__Consent *consent = referral->consent;
	struct words words = {0};

	if (referral->no_longer_shared)
		return _("shared no longer");
	if (!consent)
		return "";
	words_set(&words, "form", term_code(client, CODES_CONSENT_FORM, consent->form));
	words_set(&words, "who", term_code(client, CODES_GIVEN_BY, consent->given_by));
	words_set(&words, "to", consent_recipients(client, consent));
	words_set(&words, "unit", directory_name(client, consent->unit));
	words_set(&words, "end", format_day_text(&client->arena, consent->end_date, client->today));
	words_set(&words, "revoked",
		format_moment(&client->arena, format_us(consent->revoke_time), client->today));
	if (consent->revoke_time)
		return words_fill(&client->arena, _("consent: REVOKED {revoked}"), &words);
	return words_fill(&client->arena,
		strcmp(consent->status, "ended") == 0 ? _("consent: ENDED[ {end}]; it covered {to}")
		: consent->covers_missed_events
			? _("consent[, {form}][, by {who}][, to {end}]; covers {to}, no-shows and "
			    "the end; recorded by {unit}")
			: _("consent[, {form}][, by {who}][, to {end}]; covers {to}; recorded by "
			    "{unit}"),
		&words);
}

static void consent_row(struct client *client, struct table *table, const Stafett__V1__Event *event,
	const Stafett__V1__Disclosure *d)
{
	table_row(table, &client->arena, false,
		(const char *[]){
			format_stamp(&client->arena, format_us(event->create_time), client->today),
			directory_name(client, event->unit), directory_name(client, d->unit),
			term_code(client, CODES_BASIS, d->basis),
			memory_printf(&client->arena, "%s v%d", d->rule, d->rule_version)});
}

static void consent_print_disclosures(
	struct client *client, const Stafett__V1__GetResponse *response)
{
	const struct table_column columns[] = {{.title = _("WHEN")},
		{.title = _("FROM"), .may_shrink = true}, {.title = _("TOLD"), .may_shrink = true},
		{.title = _("BASIS"), .may_shrink = true}, {.title = _("RULE")}, {.title = NULL}};
	struct table *table = table_new(columns, client->form);

	for (size_t i = 0; i < response->n_events; i++)
		for (size_t j = 0; j < response->events[i]->n_disclosures; j++)
			consent_row(client, table, response->events[i],
				response->events[i]->disclosures[j]);
	table_print(table);
}

int consent_print(struct client *client, const Stafett__V1__GetResponse *response)
{
	const Stafett__V1__Referral *referral = response->referral;
	const char *sentence = consent_sentence(client, referral);

	const char *basis = term_code(client, CODES_BASIS, referral->legal_basis->code);
	bool is_said = *sentence && strcmp(referral->legal_basis->code, "consent") == 0;

	if (client->form == TABLE_PAGE) {
		lines_print(stdout, "", "  ",
			memory_printf(&client->arena, "%s  %s%s%s", referral->code,
				is_said ? "" : basis, *sentence && !is_said ? "; " : "", sentence));
		putchar('\n');
	}
	consent_print_disclosures(client, response);
	if (client->form == TABLE_PAGE)
		output_next(client, "show %s", format_code_start(&client->arena, referral->code));
	return 0;
}
