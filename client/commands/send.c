/* SPDX-License-Identifier: Apache-2.0 */
/* stafett send UNIT: ask a unit to take up a matter, from a file or by questions. */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/card.h"
#include "client/chain.h"
#include "client/client.h"
#include "client/compose.h"
#include "client/deliver.h"
#include "client/directory.h"
#include "client/doubt.h"
#include "client/draft.h"
#include "client/edit.h"
#include "client/interview.h"
#include "client/memory.h"
#include "client/packing.h"
#include "client/paths.h"
#include "client/prefill.h"
#include "client/question.h"
#include "client/recipient.h"
#include "client/ref.h"
#include "client/roles.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/output.h"
#include "client/screen/safe_text.h"
#include "client/screen/tty.h"
#include "client/text.h"
#include "stafett/caps.h"

/* A body as JSON text, escapes included; a larger one goes into a file of its own. */
enum { SEND_FILE_BYTES = 2 * CAP_UPLOAD_BYTES };

/* Reads FILE, or standard input for "-"; tells where its bodyFile is looked for. */
static int send_read_file(
	struct client *client, const char *file, struct bytes *ret_text, const char **ret_folder)
{
	struct arena *arena = &client->arena;
	bool is_stdin = strcmp(file, "-") == 0;
	int r = is_stdin ? paths_read_fd(arena, STDIN_FILENO, SEND_FILE_BYTES, ret_text)
			 : paths_read(arena, file, SEND_FILE_BYTES, ret_text);

	if (r == -EFBIG)
		return client_problem(client, PROBLEM_PART_TOO_LARGE, "field", file, "most",
			memory_printf(arena, "%d", SEND_FILE_BYTES), NULL);
	if (r)
		return client_problem(client, PROBLEM_FILE_UNREADABLE, "value", file, "detail",
			strerror(-r), NULL);
	*ret_folder = is_stdin ? "." : dirname(memory_string(arena, file));
	return 0;
}

/* Two people in one chain would have one clock. */
static int send_check_person(
	struct client *client, const Stafett__V1__GetResponse *seen, struct bytes card)
{
	if (!chain_is_of_another(client, seen->card, compose_part(client, card)))
		return doubt_person(client, seen, card);
	return client_problem(client, PROBLEM_REPLACES_ANOTHER_PERSON, "code",
		format_code_start(&client->arena, seen->referral->code), NULL);
}

/* A code becomes the id of its chain; an id is taken as it is. */
static int send_resolve_chain(
	struct client *client, const char *typed, struct bytes card, char **target)
{
	const Stafett__V1__GetResponse *response;
	struct uuid uuid;
	int r;

	if (!typed)
		return 0;
	if (uuid_parse(bytes_of_string(typed), &uuid)) {
		*target = (char *)typed;
		return 0;
	}
	r = chain_or_referral(client, typed, REF_FOR_ACTING, &response);
	if (!r)
		r = send_check_person(client, response, card);
	if (r)
		return r;
	*target = response->chain->id;
	return 0;
}

/* What is sent in another's place goes on in its chain: nothing restarts the clock
 * of the person. */
static int send_replace(
	struct client *client, const char *typed, struct bytes card, Stafett__V1__Header *header)
{
	const Stafett__V1__GetResponse *replaced;
	int r;

	if (!typed)
		return 0;
	r = ref_get(client, typed, REF_FOR_ACTING, &replaced);
	if (!r)
		r = send_check_person(client, replaced, card);
	if (r)
		return r;
	header->send->replaces = replaced->referral->id;
	header->chain = replaced->chain->id;
	client_word(
		client, "replaced", format_code_start(&client->arena, replaced->referral->code));
	client_word(client, "help",
		format_day_text(
			&client->arena, replaced->chain->intervention_due_date, client->today));
	return 0;
}

static Stafett__V1__LegalBasis *send_basis(struct client *client, const struct draft *draft)
{
	Stafett__V1__LegalBasis *basis = memory_alloc(&client->arena, sizeof(*basis));

	stafett__v1__legal_basis__init(basis);
	basis->code = (char *)draft->basis_code;
	if (draft->basis_form)
		basis->form = (char *)draft->basis_form;
	if (draft->basis_end_date)
		basis->end_date = (char *)draft->basis_end_date;
	basis->covers_missed_events = draft->basis_covers_missed_events;
	return basis;
}

/* NULL where there is none. What is missing of it the server says. */
static Stafett__V1__Dose *send_dose(struct client *client, const struct draft *draft)
{
	Stafett__V1__Dose *dose;

	if (!draft->dose_last_us && !draft->dose_next_by)
		return NULL;
	dose = memory_alloc(&client->arena, sizeof(*dose));
	stafett__v1__dose__init(dose);
	if (draft->dose_last_us)
		dose->last_time = compose_time(client, draft->dose_last_us);
	if (draft->dose_next_by)
		dose->next_by = (char *)draft->dose_next_by;
	return dose;
}

/* Whose next of kin it is: that person's chain, by any code that the unit knows. */
static int send_resolve_link(struct client *client, const char *typed, char **target)
{
	const Stafett__V1__GetResponse *response;
	int r;

	if (!typed)
		return 0;
	r = chain_or_referral(client, typed, REF_FOR_LOOKING, &response);
	if (!r)
		*target = response->chain->id;
	return r;
}

/* The draft as the act of a header. */
static void send_fill_act(
	struct client *client, const struct draft *draft, Stafett__V1__SendAct *act)
{
	stafett__v1__send_act__init(act);
	act->kind = (char *)draft->kind;
	if (draft->priority)
		act->priority = (char *)draft->priority;
	act->needs = memory_join(&client->arena, draft->needs, draft->n_needs, NULL, 0);
	act->n_needs = draft->n_needs;
	if (draft->help_request_date)
		act->help_request_date = (char *)draft->help_request_date;
	act->legal_basis = send_basis(client, draft);
	if (draft->hand_back_unit)
		act->hand_back_unit = (char *)draft->hand_back_unit;
	if (draft->reference)
		act->reference = (char *)draft->reference;
	act->care_responsibility_remains = draft->care_responsibility_remains;
	act->person_informed = draft->person_informed;
	act->protected_identity =
		card_is_protected(&client->arena, compose_part(client, draft->card));
	if (draft->call_us)
		act->call_time = compose_time(client, draft->call_us);
	if (draft->discharge)
		act->discharge = (char *)draft->discharge;
	act->dose = send_dose(client, draft);
}

static int send_keep(
	struct client *client, const struct draft *draft, char *to, struct outbox_entry *ret_entry)
{
	Stafett__V1__SendRequest request = STAFETT__V1__SEND_REQUEST__INIT;
	struct uuid id = compose_id();
	Stafett__V1__Header header;
	Stafett__V1__SendAct act;
	struct bytes upload = {0};
	struct bytes packed;
	int r;

	compose_header(client, &id, &header);
	header.to_units = &to;
	header.n_to_units = 1;
	header.act_case = STAFETT__V1__HEADER__ACT_SEND;
	header.send = &act;
	send_fill_act(client, draft, &act);
	r = send_replace(client, draft->replaces, draft->card, &header);
	if (!r)
		r = send_resolve_chain(client, draft->chain, draft->card, &header.chain);
	if (!r)
		r = send_resolve_link(client, draft->linked_chain, &act.linked_chain);
	if (r)
		return r;
	packed = packing_pack(&client->arena, &header.base);
	request.header.data = (uint8_t *)packed.data;
	request.header.len = packed.len;
	request.card = compose_part(client, draft->card);
	if (draft->body.len > CAP_INLINE_PART_BYTES) {
		upload = draft->body;
		request.body = compose_claim(client, &id, upload);
	} else if (draft->body.len) {
		request.body = compose_part(client, draft->body);
	}
	request.suite = (char *)COMPOSE_SUITE;
	return deliver_keep(client, &id, METHOD_send, &request.base, upload, ret_entry);
}

/* Whether accepting a referral of this kind moves the chain. */
static bool send_kind_transfers(const char *kind)
{
	static const struct {
		const char *code;
		enum { TRANSFERS_NEVER, TRANSFERS_ALWAYS } transfers;
	} kinds[] = {
#define KIND(name, code, transfers, ...) {code, TRANSFERS_##transfers},
#include "stafett/tbl/kinds.def"
#undef KIND
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(kinds[i].code, kind) == 0)
			return kinds[i].transfers == TRANSFERS_ALWAYS;
	}
	return false;
}

static const char *send_holder_sentence(
	struct client *client, const struct draft *draft, const Stafett__V1__GetResponse *now)
{
	bool is_own =
		now && now->chain && strcmp(now->chain->custodian, client->profile->unit) == 0;

	if (!now || !now->chain)
		return _("sent.");
	client_word(client, "holder", directory_name(client, now->chain->custodian));
	if (!is_own)
		return _("sent. {holder} holds the chain.");
	if (strcmp(now->referral->owner, client->profile->unit) == 0)
		return _("sent to your own unit. You hold the chain; nobody else was asked.");
	if (!send_kind_transfers(draft->kind))
		return _("sent. You go on holding the chain.");
	return _("sent. You hold it until {office} accepts.");
}

/* As wide as a code and two spaces. */
static const char send_indent[] = "           ";

static void send_print(
	struct client *client, const struct draft *draft, const Stafett__V1__SendResponse *response)
{
	const Stafett__V1__GetResponse *now = NULL;

	(void)ref_look(client, response->referral, &now);

	client_word(client, "office", directory_name(client, words_get(&client->words, "to")));
	if (now)
		client_word(client, "due",
			format_moment(
				&client->arena, format_us(now->referral->due_time), client->today));
	lines_print(stdout, memory_printf(&client->arena, "%s  ", response->code), send_indent,
		words_fill(
			&client->arena, send_holder_sentence(client, draft, now), &client->words));
	if (*words_get(&client->words, "replaced"))
		output_say(client, send_indent,
			_("In place of {replaced}: the person's clock goes on[, help is due "
			  "{help}]."));
	if (*words_get(&client->words, "due") &&
		strcmp(now->referral->owner, client->profile->unit) != 0)
		output_say(client, send_indent, _("They acknowledge by {due}, or you are told."));
	output_next(client, "show %s", format_code_start(&client->arena, response->code));
	if (now && *words_get(&client->words, "same") && chain_may(now->chain, "merge"))
		lines_print_command(stdout, "", _("One person, two chains; make them one:"),
			client_next(client, "merge %s --into %s",
				format_code_start(&client->arena, response->code),
				words_get(&client->words, "same")));
}

/* What was sent is known, too. */
static void send_remember(
	struct client *client, const struct draft *draft, const Stafett__V1__SendResponse *response)
{
	Stafett__V1__Part part;
	struct card card;

	stafett__v1__part__init(&part);
	part.content_case = STAFETT__V1__PART__CONTENT_DATA;
	part.data.data = (uint8_t *)(uintptr_t)draft->card.data;
	part.data.len = draft->card.len;
	card_read(&client->arena, &part, &card);
	card_remember(client, &card, CARD_OPENED, response->referral, response->chain);
}

/* Delivers what waits, then this. Where the line is down everything stays kept. */
static int send_deliver(
	struct client *client, struct outbox_entry *entry, const struct draft *draft)
{
	const Stafett__V1__SendResponse *response;
	struct bytes reply;
	int r = deliver_pending(client, true);

	if (r) {
		outbox_leave(entry);
		return r;
	}
	r = deliver_entry(client, entry, &reply);
	if (r)
		return r;
	response = packing_unpack(&client->arena, &stafett__v1__send_response__descriptor, reply);
	if (!response)
		return client_problem(client, PROBLEM_LINE_PROTOCOL, NULL);
	send_remember(client, draft, response);
	if (client->is_json)
		return output_json(client, &response->base);
	send_print(client, draft, response);
	return 0;
}

static void send_tell_unsealed(void)
{
	lines_print(stderr, "", "  ",
		_("This trial does not seal what is sent: use it with invented people only."));
}

/* Where the matter is read from, and to whom it goes. */
struct send_source {
	const char *to, *folder;
	const char *chain; /* in which the user chose to go on, or NULL */
	bool has_looked;   /* for open chains of the person, when the number was typed */
	struct bytes text;
	struct secret typed; /* holds |text| where it was typed here */
};

/* Options that take the place of an answer. */
static int send_take_options(
	struct client *client, const struct arguments *arguments, struct answers *answers)
{
	static const struct {
		enum option_id option;
		enum question_id question;
	} options[] = {
		{OPTION_send_kind, QUESTION_KIND},
		{OPTION_send_priority, QUESTION_PRIORITY},
	};
	struct draft draft;
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(options) && !r; i++) {
		const char *value = arguments_get(arguments, options[i].option);

		if (value)
			r = question_take(client, options[i].question, value, answers, &draft);
	}
	return r;
}

/* Of what is replaced, and of a chain, it is known who the person is, what is needed and
 * on which day help was asked for. Nothing of it is asked again. */
static int send_take_known(
	struct client *client, const struct arguments *arguments, struct answers *answers)
{
	const char *replaced = arguments_get(arguments, OPTION_send_replaces);
	const char *chain = arguments_get(arguments, OPTION_send_chain);
	const Stafett__V1__GetResponse *seen;
	struct card card;
	int r;

	if (!replaced && !chain)
		return 0;
	r = replaced ? ref_get(client, replaced, REF_FOR_TEXTS, &seen)
		     : chain_or_referral(client, chain, REF_FOR_LOOKING, &seen);
	if (r)
		return r;
	card_read_of(&client->arena, seen->card, seen->chain, &card);
	lines_print(stderr, "", "  ",
		memory_printf(&client->arena, "%s  %s", seen->referral->code,
			safe_line(&client->arena, card_full_name(&client->arena, &card))));
	if (replaced) {
		prefill_terms(client, seen, answers);
		prefill_unit(client, seen, answers);
	}
	if (answers->is_revoked)
		lines_print(stderr, "! ", "  ",
			_("The person has taken the consent back: ask for a new one, or name "
			  "another basis."));
	r = prefill_person(client, seen, answers);
	return r ? r : prefill_text(client, seen, answers);
}

static int send_interview(struct client *client, const struct arguments *arguments,
	struct send_source *source, struct answers *answers)
{
	enum interview_for what = arguments_has(arguments, OPTION_send_replaces)
					  ? INTERVIEW_IN_PLACE
				  : arguments_has(arguments, OPTION_send_chain) ? INTERVIEW_IN_CHAIN
										: INTERVIEW_ANEW;
	struct interview_result result;
	int r = interview_run(client, source->to, what, answers, &result);

	if (r)
		return r;
	source->to = result.to;
	source->chain = result.chain;
	source->has_looked = result.has_looked;
	return 0;
}

/* Lets the user answer questions, in the terminal or in an editor. */
static int send_ask(
	struct client *client, const struct arguments *arguments, struct send_source *source)
{
	struct answers answers = {.is_revoked = false};
	int r = send_take_options(client, arguments, &answers);

	secret_forbid_dump();
	if (!r)
		r = roles_check(client, "send");
	if (!r)
		r = send_take_known(client, arguments, &answers);
	if (!r && arguments_has(arguments, OPTION_send_edit))
		r = edit_run(client, source->to, &answers);
	else if (!r)
		r = send_interview(client, arguments, source, &answers);
	if (!r)
		question_write(&answers, &source->typed);
	question_end(&answers);
	source->text = bytes_of_string(secret_text(&source->typed));
	source->folder = ".";
	return r;
}

/* An option stands above what a file says. */
static int send_override(
	struct client *client, const struct arguments *arguments, struct draft *draft)
{
	struct answers answers = {.is_revoked = false};
	int r = send_take_options(client, arguments, &answers);

	if (!r && answers.list[QUESTION_KIND].len)
		draft->kind = memory_string(&client->arena, answers.list[QUESTION_KIND].text);
	if (!r && answers.list[QUESTION_PRIORITY].len)
		draft->priority =
			memory_string(&client->arena, answers.list[QUESTION_PRIORITY].text);
	if (!r && arguments_has(arguments, OPTION_send_replaces))
		draft->replaces = arguments_get(arguments, OPTION_send_replaces);
	if (!r && arguments_has(arguments, OPTION_send_chain))
		draft->chain = arguments_get(arguments, OPTION_send_chain);
	question_end(&answers);
	return r;
}

static int send_read(struct client *client, const struct arguments *arguments,
	struct send_source *source, struct draft *ret_draft)
{
	const char *file = arguments_get(arguments, OPTION_send_file);
	bool is_asked = !file && (tty_is_there() || arguments_has(arguments, OPTION_send_edit));
	bool needs_unit = !is_asked || arguments_has(arguments, OPTION_send_edit);
	int r = arguments_count(client, arguments, needs_unit ? 1 : 0, 1,
		_("which unit, like skane/beroende-lund"));

	if (!r && !is_asked)
		r = arguments_require(client, arguments, OPTION_send_file, &file);
	if (!r && file)
		r = send_read_file(client, file, &source->text, &source->folder);
	if (r)
		return r;
	source->to = arguments->n_rest ? arguments->rest[0] : NULL;
	client_word(client, "of_chain", arguments_get(arguments, OPTION_send_chain));
	client_word(client, "of_replaced", arguments_get(arguments, OPTION_send_replaces));
	r = client_open(client);
	if (!r && is_asked)
		r = send_ask(client, arguments, source);
	if (!r)
		r = draft_read(client, source->text, source->folder, ret_draft);
	if (!r && source->chain)
		ret_draft->chain = source->chain;
	secret_end(&source->typed);
	return r ? r : send_override(client, arguments, ret_draft);
}

int command_send(struct client *client, const struct arguments *arguments)
{
	struct send_source source = {0};
	const Stafett__V1__Unit *unit = NULL;
	struct outbox_entry entry;
	struct draft draft;
	int r = send_read(client, arguments, &source, &draft);

	if (r)
		return r;
	client_word(client, "need", draft.n_needs ? draft.needs[0] : "");
	client_word(client, "kind", draft.kind);
	r = recipient_find(client, source.to, &unit);
	if (!r && unit) {
		source.to = unit->handle;
		r = recipient_check_age(client, unit, draft.age);
	}
	if (!r)
		r = doubt_unit(client, source.to, &draft);
	if (!r && !source.has_looked)
		r = doubt_same(client, source.to, &draft);
	if (r)
		return r;
	send_tell_unsealed();
	roles_name(client, "send");
	r = send_keep(client, &draft, (char *)source.to, &entry);
	return r ? r : send_deliver(client, &entry, &draft);
}
