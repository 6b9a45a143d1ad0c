/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a profile and describing problems: see the header. */
#include "client/client.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "base/suggest.h"
#include "client/commands/typed.h"
#include "client/memory.h"
#include "client/net/certificate.h"
#include "client/net/clock.h"
#include "client/paths.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/text.h"

enum {
	CLIENT_MEMORY_BYTES = 256 << 20, /* a show with every text of a long referral */
	CLIENT_TIMEOUT_S = 30,
	CLIENT_TIMEOUT_MOST_S = 3600,
	CLIENT_CERTIFICATE_WARN_S = 7 * 86400,
};

void client_init(struct client *client)
{
	*client = (struct client){.timeout_ns = CLIENT_TIMEOUT_S * CLOCK_NS_PER_S};
	arena_init(&client->arena, CLIENT_MEMORY_BYTES);
	client->now_us = (int64_t)time(NULL) * 1000000;
	client->today = calendar_date_of(client->now_us);
	client_word(client, "again", "stafett");
}

int client_configure(struct client *client, const struct arguments *arguments)
{
	const char *timeout = arguments_get(arguments, OPTION_global_timeout);
	long seconds = CLIENT_TIMEOUT_S;
	int r = 0;

	client->is_json = arguments_has(arguments, OPTION_global_json);
	if (arguments_has(arguments, OPTION_global_plain))
		client->form = TABLE_PLAIN;
	else if (arguments_has(arguments, OPTION_global_csv))
		client->form = TABLE_CSV;
	client->is_plain = client->form != TABLE_PAGE;
	client->as = arguments_get(arguments, OPTION_global_as);
	if (timeout)
		r = arguments_number(client, timeout, 0, CLIENT_TIMEOUT_MOST_S, &seconds);
	client->timeout_ns = seconds * CLOCK_NS_PER_S;
	return r;
}

/* The nearest profile or unit to one that does not exist. */
static const char *client_nearest_profile(struct client *client, const char *wanted)
{
	const struct profile *profiles;
	size_t count = profile_list(&client->arena, &profiles);
	struct suggest nearest;

	suggest_begin(&nearest, wanted);
	for (size_t i = 0; i < count; i++) {
		suggest_offer(&nearest, profiles[i].id);
		suggest_offer(&nearest, profiles[i].unit);
	}
	return nearest.best;
}

int client_open(struct client *client)
{
	const struct profile *profile = NULL;
	const char *wanted = client->as ? client->as : getenv("STAFETT_PROFILE");

	switch (profile_choose(&client->arena, client->as, &profile)) {
	case PROFILE_CHOSEN:
		return client_open_profile(client, profile);
	case PROFILE_NONE:
		return client_problem(client, PROBLEM_PROFILE_NONE, "value",
			paths_profiles(&client->arena), NULL);
	case PROFILE_UNKNOWN:
		return client_problem(client, PROBLEM_PROFILE_UNKNOWN, "value", wanted, "near",
			client_nearest_profile(client, wanted), NULL);
	case PROFILE_UNCHOSEN:
		break;
	}
	return client_problem(client, PROBLEM_PROFILE_UNCHOSEN, NULL);
}

static void client_close(struct client *client)
{
	client->channel = channel_close(client->channel);
	SSL_CTX_free(client->tls);
	client->tls = NULL;
}

/* Who works with a certificate that soon ends is told while there is time to have a new
 * one; one that has ended explains the refusal, should the server's clock agree. */
static void client_mind_certificate(struct client *client)
{
	int64_t left_s = certificate_seconds_left(SSL_CTX_get0_certificate(client->tls));
	struct words words = {0};
	const char *day = format_day(
		&client->arena, calendar_date_of(client->now_us + left_s * 1000000), client->today);

	client_word(client, "ended", left_s < 0 ? day : NULL);
	if (left_s < 0 || left_s >= CLIENT_CERTIFICATE_WARN_S || client->is_json)
		return;
	words_set(&words, "day", day);
	lines_print(stderr, "! ", "  ",
		words_fill(&client->arena,
			_("Your certificate ends on {day}; ask your administrator for a new one."),
			&words));
}

int client_open_profile(struct client *client, const struct profile *profile)
{
	const struct tls_files files = {profile->ca, profile->certificate, profile->key};
	struct net_detail detail = {""};
	int r;

	client_close(client);
	client->profile = profile;
	client_word(client, "unit", profile->unit);
	client_word(client, "server", profile->server);
	if (profile->fault)
		return client_problem(client, PROBLEM_PROFILE_INVALID, "detail",
			memory_printf(&client->arena, "%s.conf: %s", profile->id, profile->fault),
			NULL);
	r = tls_context_new(&files, &client->tls, &detail);
	if (r < 0)
		memory_need(NULL);
	if (r) {
		client->problem.detail = memory_string(&client->arena, detail.text);
		return client_problem(client, PROBLEM_LINE_FILES, NULL);
	}
	if (!certificate_member(SSL_CTX_get0_certificate(client->tls), client->member))
		return client_problem(client, PROBLEM_CERTIFICATE_NO_MEMBER, NULL);
	client_mind_certificate(client);
	return 0;
}

void client_fini(struct client *client)
{
	client_close(client);
	arena_fini(&client->arena);
}

int client_problem(struct client *client, enum problem_id id, ...)
{
	struct words words = client->words;
	const char *name;
	va_list args;
	int r;

	va_start(args, id);
	while ((name = va_arg(args, const char *)))
		words_set(&words, name, va_arg(args, const char *));
	va_end(args);
	r = problem_describe(&client->problem, &client->arena, id, &words);
	if (strncmp(client->problem.command, "stafett ", 8) == 0)
		client->problem.command = client_next(client, "%s", client->problem.command + 8);
	return r;
}

void client_word(struct client *client, const char *name, const char *value)
{
	words_set(&client->words, name, value);
}

char *client_next(struct client *client, const char *format, ...)
{
	va_list args;
	char *text, *command;

	va_start(args, format);
	text = memory_vprintf(&client->arena, format, args);
	va_end(args);
	command = memory_printf(&client->arena, "stafett%s%s%s%s", client->as ? " --as " : "",
		client->as ? client->as : "", *text ? " " : "", text);
	/* Programs read the same command in every language. */
	return client->is_json ? command : typed_in_language(&client->arena, command);
}

void client_print_problem(struct client *client)
{
	if (client->is_json)
		problem_print_json(&client->problem, stderr);
	else
		problem_print(&client->problem, &client->arena, stderr);
}
