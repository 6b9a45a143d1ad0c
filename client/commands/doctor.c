/* SPDX-License-Identifier: Apache-2.0 */
/* stafett doctor: one line for each thing that must be right, with the cure. */
#include <stdio.h>
#include <sys/stat.h>

#include <openssl/crypto.h>

#include "client/call.h"
#include "client/client.h"
#include "client/directory.h"
#include "client/memory.h"
#include "client/net/certificate.h"
#include "client/net/clock.h"
#include "client/outbox.h"
#include "client/screen/lines.h"
#include "client/screen/output.h"
#include "client/screen/safe_text.h"
#include "client/screen/table.h"
#include "client/screen/term.h"
#include "client/text.h"
#include "stafett/client/v1/answers.pb-c.h"

enum { DOCTOR_TRY_S = 10, DOCTOR_WARN_DAYS = 14, DOCTOR_DAY_S = 86400 };

/* What was found: on a page each thing at once, for programs all of it together. */
struct doctor {
	struct client *client;
	Stafett__Client__V1__Checkup checkup;
};

/* "ok  certificate  ..." or "!   certificate  ...". */
static void doctor_print(bool is_well, const char *what, const char *text)
{
	char first[64];

	snprintf(first, sizeof(first), "%-3s %-12s ", is_well ? "ok" : "!", what);
	lines_print(stdout, first, "                 ", text);
}

/* |name| is the check's, not translated yet. */
static void doctor_tell(struct doctor *doctor, bool is_well, const char *name, const char *text)
{
	struct client *client = doctor->client;
	Stafett__Client__V1__Check *check;

	if (!client->is_json && !client->is_plain) {
		doctor_print(is_well, _(name), text);
		return;
	}
	check = memory_alloc(&client->arena, sizeof(*check));
	stafett__client__v1__check__init(check);
	check->name = (char *)name;
	check->well = is_well;
	check->text = memory_string(&client->arena, text);
	doctor->checkup.checks = memory_join(
		&client->arena, doctor->checkup.checks, doctor->checkup.n_checks, &check, 1);
	doctor->checkup.n_checks++;
}

static void doctor_print_table(struct doctor *doctor)
{
	const struct table_column columns[] = {
		{.title = _("CHECK")}, {.title = _("FOUND")}, {.title = NULL}};
	struct table *table = table_new(columns, doctor->client->form);

	for (size_t i = 0; i < doctor->checkup.n_checks; i++) {
		const Stafett__Client__V1__Check *check = doctor->checkup.checks[i];
		const char *cells[] = {check->name, check->text};

		table_row(table, &doctor->client->arena, !check->well, cells);
	}
	table_print(table);
}

/* What programs wait for; on a page all has been said, but what to do next. */
static int doctor_end(struct doctor *doctor, int problem)
{
	struct client *client = doctor->client;

	if (client->is_json) {
		int r = output_json(client, &doctor->checkup.base);

		return problem ? problem : r;
	}
	if (client->is_plain)
		doctor_print_table(doctor);
	else if (!problem)
		output_next(client, "help");
	return problem;
}

static void doctor_check_certificate(struct doctor *doctor)
{
	struct client *client = doctor->client;
	int64_t left_s = certificate_seconds_left(SSL_CTX_get0_certificate(client->tls));
	long long days = (long long)(left_s / DOCTOR_DAY_S);

	if (left_s < 0)
		doctor_tell(doctor, false, N_("certificate"),
			_("it has ended; ask your administrator for a new one"));
	else
		doctor_tell(doctor, days >= DOCTOR_WARN_DAYS, N_("certificate"),
			memory_printf(&client->arena,
				_n("%s, %lld day left", "%s, %lld days left", (unsigned long)days),
				client->member, days));
}

static void doctor_check_key(struct doctor *doctor)
{
	struct client *client = doctor->client;
	struct stat status;
	bool is_private = stat(client->profile->key, &status) == 0 && !(status.st_mode & 077);

	doctor_tell(doctor, is_private, N_("key"),
		is_private ? _("readable by you only")
			   : memory_printf(&client->arena,
				     _("others can read it; mend it with: chmod 600 %s"),
				     client->profile->key));
}

static void doctor_check_system(struct doctor *doctor)
{
	struct client *client = doctor->client;
	bool has_zone = calendar_zone_ok();

	doctor_tell(doctor, has_zone, N_("clock"),
		has_zone ? _("Europe/Stockholm")
			 : _("the time zones are missing; install the package tzdata"));
	doctor_tell(doctor, true, N_("program"),
		memory_printf(&client->arena, "stafett %s, %s", STAFETT_VERSION,
			OpenSSL_version(OPENSSL_VERSION)));
}

/* Connects once. The problem, if there is one, is what the command ends with. */
static int doctor_check_server(struct doctor *doctor)
{
	struct client *client = doctor->client;
	Stafett__V1__SearchRequest request = STAFETT__V1__SEARCH_REQUEST__INIT;
	const Stafett__V1__SearchResponse *response;
	int64_t begin_ns = clock_now_ns();
	int r;

	request.handle_prefix = (char *)client->profile->unit;
	if (client->timeout_ns > DOCTOR_TRY_S * CLOCK_NS_PER_S)
		client->timeout_ns = DOCTOR_TRY_S * CLOCK_NS_PER_S;
	r = call_message(client, METHOD_search, &request.base,
		&stafett__v1__search_response__descriptor, &response);
	if (client->channel)
		doctor_tell(doctor, true, N_("server"),
			memory_printf(&client->arena, _("%s answers in %lld ms, TLS 1.3 %s"),
				client->profile->server,
				(long long)((clock_now_ns() - begin_ns) / CLOCK_NS_PER_MS),
				channel_cipher(client->channel)));
	else
		doctor_tell(doctor, false, N_("server"), client->problem.sentence);
	if (r && client->channel)
		doctor_tell(doctor, false, N_("unit"), client->problem.sentence);
	return r;
}

static void doctor_check_unit(struct doctor *doctor)
{
	struct client *client = doctor->client;
	bool asked;
	const Stafett__V1__Unit *unit = directory_find(client, client->profile->unit, &asked);
	bool is_active = unit && strcmp(unit->status, "active") == 0;

	doctor_tell(doctor, is_active, N_("unit"),
		unit ? memory_printf(&client->arena, "%s, %s",
			       safe_line(&client->arena, unit->display_name),
			       safe_line(&client->arena, term_word(client, unit->status)))
		     : memory_printf(&client->arena, _("the directory has no '%s'"),
			       client->profile->unit));
}

static void doctor_check_outbox(struct doctor *doctor)
{
	struct client *client = doctor->client;
	char **files;
	size_t count = outbox_list(&client->arena, &files);

	doctor_tell(doctor, !count, N_("outbox"),
		count ? memory_printf(
				&client->arena, _("%zu waiting; deliver them with: stafett"), count)
		      : _("empty"));
}

int command_doctor(struct client *client, const struct arguments *arguments)
{
	struct doctor doctor = {client, STAFETT__CLIENT__V1__CHECKUP__INIT};
	int r = arguments_count(client, arguments, 0, 0, "");

	if (!r)
		r = client_open(client);
	if (r)
		return r;
	doctor_tell(&doctor, true, N_("profile"),
		memory_printf(
			&client->arena, "%s, %s", client->profile->id, client->profile->unit));
	doctor_check_certificate(&doctor);
	doctor_check_key(&doctor);
	doctor_check_system(&doctor);
	r = doctor_check_server(&doctor);
	if (!r)
		doctor_check_unit(&doctor);
	doctor_check_outbox(&doctor);
	return doctor_end(&doctor, r);
}
