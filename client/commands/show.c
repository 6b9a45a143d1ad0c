/* SPDX-License-Identifier: Apache-2.0 */
/* stafett show REF [--body | --save FOLDER | --all] */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/call.h"
#include "client/card.h"
#include "client/chain.h"
#include "client/client.h"
#include "client/directory.h"
#include "client/fetch.h"
#include "client/memory.h"
#include "client/misdated.h"
#include "client/packing.h"
#include "client/paths.h"
#include "client/ref.h"
#include "client/replay.h"
#include "client/screen/event.h"
#include "client/screen/format.h"
#include "client/screen/heartbeat.h"
#include "client/screen/lines.h"
#include "client/screen/output.h"
#include "client/screen/person.h"
#include "client/screen/referral.h"
#include "client/screen/referral_json.h"
#include "client/screen/safe_text.h"
#include "client/text.h"
#include "client/when.h"
#include "codec/utf8.h"
#include "stafett/caps.h"

enum { SHOW_SLICE_BYTES = 65536 };

/* A card or a body, wherever its bytes come from. */
struct show_part {
	struct bytes data;
	uint8_t *fetched; /* where it was uploaded; freed with the part */
};

static struct bytes show_data(const Stafett__V1__Part *part)
{
	if (!part || part->content_case != STAFETT__V1__PART__CONTENT_DATA)
		return (struct bytes){0};
	return bytes_of(part->data.data, part->data.len);
}

/* The body of a message, fetched where it was uploaded. */
static int show_read_body(struct client *client, const char *referral,
	const Stafett__V1__Content *content, struct show_part *ret_part)
{
	const Stafett__V1__Part *body = content->body;
	uint8_t *fetched;
	int r;

	*ret_part = (struct show_part){.data = show_data(body)};
	if (!body || body->content_case != STAFETT__V1__PART__CONTENT_UPLOAD)
		return 0;
	r = fetch_body(client, referral, content, &fetched);
	if (!r)
		*ret_part = (struct show_part){bytes_of(fetched, body->upload->size), fetched};
	return r;
}

/* How much of |text| is made harmless at once: lines, if there are any, and never
 * part of a character or of a line break. */
static size_t show_slice(struct bytes text)
{
	size_t len = SHOW_SLICE_BYTES;
	const uint8_t *line;

	if (text.len <= len)
		return text.len;
	line = memrchr(text.data, '\n', len);
	if (line)
		return (size_t)(line - text.data) + 1;
	while (len > SHOW_SLICE_BYTES - 4 && (text.data[len] & 0xc0) == 0x80)
		len--;
	return text.data[len - 1] == '\r' ? len - 1 : len;
}

/* Bytes as they are where a program reads them, harmless where a person does. One of
 * several texts, and what is on a terminal, is a whole line. */
static void show_print_bytes(struct bytes data, bool is_one_of_several)
{
	bool ends_line = data.len && data.data[data.len - 1] == '\n';

	if (!isatty(STDOUT_FILENO)) {
		fwrite(data.data, 1, data.len, stdout);
		if (is_one_of_several && !ends_line)
			putchar('\n');
		return;
	}
	while (data.len) {
		size_t len = show_slice(data);
		struct arena arena;

		arena_init(&arena, CAP_ARENA_BYTES);
		fputs(safe_text(&arena, bytes_of(data.data, len), SAFE_TEXT_PAGE), stdout);
		arena_fini(&arena);
		data = bytes_of(data.data + len, data.len - len);
	}
	if (!ends_line)
		putchar('\n');
}

static const Stafett__V1__Event *show_event(
	const Stafett__V1__GetResponse *response, const Stafett__V1__Content *content)
{
	for (size_t i = 0; i < response->n_events; i++)
		if (strcmp(response->events[i]->id, content->event) == 0)
			return response->events[i];
	return NULL;
}

/* With what it was written, by whom and when: "-- 7K3M sent, Maria Nilsson, Lund Vuxen, Sun
 * 22 Nov 17:47". */
static void show_print_heading(struct client *client, const Stafett__V1__GetResponse *response,
	const Stafett__V1__Content *content)
{
	const Stafett__V1__Event *event = show_event(response, content);
	const Stafett__V1__Header *header =
		packing_unpack(&client->arena, &stafett__v1__header__descriptor,
			bytes_of(content->header.data, content->header.len));
	int64_t us = header ? format_us(header->create_time) : 0;
	struct words words = {0};

	words_set(&words, "code",
		format_code_start(&client->arena, words_get(&client->words, "code")));
	words_set(&words, "done", event ? event_word(event->kind) : "");
	words_set(&words, "member", event ? event->member_display_name : "");
	words_set(&words, "unit", directory_name(client, content->from_unit));
	words_set(&words, "time", format_moment(&client->arena, us, client->today));
	lines_print(stdout, "-- ", "   ",
		words_fill(&client->arena, _("{code}[ {done}][, {member}], {unit}[, {time}]"),
			&words));
}

/* On a terminal each text has a heading; a single one goes into a pipe as its bytes. */
static int show_print_body(struct client *client, const Stafett__V1__GetResponse *response,
	const Stafett__V1__Content *content, bool is_one_of_several)
{
	bool is_read = isatty(STDOUT_FILENO);
	struct show_part body;
	struct card card;
	int r = show_read_body(client, response->referral->id, content, &body);

	card_read_of(&client->arena, content->card, response->chain, &card);
	if (r || (!body.data.len && !(is_read && card.is_there)))
		return r;
	if (is_read || is_one_of_several)
		show_print_heading(client, response, content);
	/* Who it is about is worth seeing where the page has hidden it. */
	if (is_read)
		person_print_whole(client, &card);
	if (body.data.len)
		show_print_bytes(body.data, is_one_of_several);
	free(body.fetched);
	return 0;
}

static bool show_has_body(const Stafett__V1__Content *content)
{
	const Stafett__V1__Part *body = content->body;

	return show_data(body).len ||
	       (body && body->content_case == STAFETT__V1__PART__CONTENT_UPLOAD);
}

static int show_print_bodies(struct client *client, const Stafett__V1__GetResponse *response)
{
	size_t count = 0;
	int r = 0;

	for (size_t i = 0; i < response->n_contents; i++)
		count += show_has_body(response->contents[i]);

	for (size_t i = 0; i < response->n_contents && !r; i++)
		r = show_print_body(client, response, response->contents[i], count > 1);
	/* Not among the bytes of the texts, which a program may read. */
	if (response->referral->no_longer_shared)
		lines_print(stderr, "", "  ",
			words_fill(&client->arena,
				_("{code} is shared no longer: what others wrote is not read any "
				  "more."),
				&client->words));
	return r;
}

static const char *show_suffix(struct bytes data)
{
	if (data.len && (data.data[0] == '{' || data.data[0] == '['))
		return "json";
	return utf8_is_valid(data) ? "txt" : "bin";
}

/* Writes one part to a file of a name that we make, never over another file. */
static int show_save_part(struct client *client, const char *folder, size_t index, const char *what,
	struct bytes data)
{
	struct arena *arena = &client->arena;
	const char *path = memory_printf(arena, "%s/%s-%zu-%s.%s", folder,
		words_get(&client->words, "code"), index + 1, what, show_suffix(data));
	int r = data.len ? paths_write_new(arena, path, data) : 0;

	if (r)
		return client_problem(client, PROBLEM_FILE_UNWRITABLE, "value", path, "detail",
			strerror(-r), NULL);
	if (data.len)
		puts(path);
	return 0;
}

static int show_save_content(struct client *client, const char *folder,
	const Stafett__V1__GetResponse *response, size_t index)
{
	const Stafett__V1__Content *content = response->contents[index];
	struct show_part body;
	int r = show_save_part(client, folder, index, "card", show_data(content->card));

	if (!r)
		r = show_read_body(client, response->referral->id, content, &body);
	if (r)
		return r;
	r = show_save_part(client, folder, index, "body", body.data);
	free(body.fetched);
	return r;
}

static int show_save(
	struct client *client, const char *folder, const Stafett__V1__GetResponse *response)
{
	int r = paths_make(folder);

	if (r)
		return client_problem(client, PROBLEM_FILE_UNWRITABLE, "value", folder, "detail",
			strerror(-r), NULL);
	for (size_t i = 0; i < response->n_contents && !r; i++)
		r = show_save_content(client, folder, response, i);
	return r;
}

/* Nobody can say how it will be. */
static int show_check_past(struct client *client, const char *text, int64_t us)
{
	if (us <= client->now_us)
		return 0;
	return client_problem(client, PROBLEM_DAY_AHEAD, "value", text, "day",
		format_moment(&client->arena, us, client->today), NULL);
}

/* A point in time, or the end of a day. */
static int show_read_time(struct client *client, const char *text, int64_t *ret_us)
{
	struct date date;
	enum when_result result =
		when_time(bytes_of_string(text), client->today, WHEN_BEHIND, ret_us);

	if (result == WHEN_OK)
		return show_check_past(client, text, *ret_us);
	result = when_date(bytes_of_string(text), client->today, WHEN_BEHIND, &date);
	if (result != WHEN_OK)
		return misdated(client, result, true, text, "at");
	if (date_compare(date, client->today) > 0)
		return client_problem(client, PROBLEM_DAY_AHEAD, "value", text, "day",
			format_day(&client->arena, date, client->today), NULL);
	*ret_us = calendar_at(date_add_days(date, 1), (struct clock_time){0}) - 1;
	return 0;
}

/* The referral as it was then, in place of what it is. */
static int show_replay(
	struct client *client, const char *at, const Stafett__V1__GetResponse **response)
{
	const Stafett__V1__GetResponse *then;
	int64_t us;
	int r = show_read_time(client, at, &us);

	if (r)
		return r;
	client_word(client, "when", format_moment(&client->arena, us, client->today));
	then = replay_at(&client->arena, *response, us);
	if (!then)
		return client_problem(client, PROBLEM_NOT_YET, NULL);
	*response = then;
	if (!client->is_json)
		output_say(client, "", _("As it was {when}:"));
	return 0;
}

static bool show_wants_all(const struct arguments *arguments)
{
	return arguments_has(arguments, OPTION_show_all);
}

int command_show(struct client *client, const struct arguments *arguments)
{
	const char *at = arguments_get(arguments, OPTION_show_at);
	const char *folder = arguments_get(arguments, OPTION_show_save);
	bool with_body = arguments_has(arguments, OPTION_show_body);
	const Stafett__V1__GetResponse *response;
	const char *id;
	struct card card;
	int r = arguments_count(client, arguments, 1, 1, _("which referral, like 7K3M"));

	if (!r)
		r = client_open(client);
	if (!r)
		r = chain_or_referral(client, arguments->rest[0],
			with_body || folder	    ? REF_FOR_TEXTS
			: show_wants_all(arguments) ? REF_FOR_READERS
						    : REF_FOR_READING,
			&response);
	if (r)
		return r;
	heartbeat_take_time(client, response->heartbeat);
	card_read_of(&client->arena, response->card, response->chain, &card);
	id = chain_is_alone(response) ? response->chain->id : response->referral->id;
	card_remember(client, &card, CARD_OPENED, id, response->chain->id);
	/* The name of a file comes from the id, which has no dots and slashes. */
	client_word(client, "code", format_code_of_id(&client->arena, id));
	if (!folder && !with_body && !chain_is_alone(response))
		response = chain_whole(client, response, REF_FOR_READING);
	r = at ? show_replay(client, at, &response) : 0;
	if (r)
		return r;
	if (folder)
		return show_save(client, folder, response);
	if (client->is_json)
		return referral_json_print(client, response);
	if (with_body)
		return show_print_bodies(client, response);
	referral_print(client, response, show_wants_all(arguments));
	return 0;
}
