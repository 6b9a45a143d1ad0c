/* SPDX-License-Identifier: Apache-2.0 */
/* The table of problems, and how one is shown. */
#include "client/screen/problem.h"

#include <assert.h>

#include <jansson.h>

#include "client/screen/lines.h"
#include "client/screen/safe_text.h"
#include "client/text.h"

static const struct problem_row {
	const char *name, *layer;
	int exit_code; /* 0: that of the reason */
	enum reason reason;
	const char *sentence, *hint, *command;
} problem_rows[PROBLEM_COUNT] = {
#define SAID(name, sentence, hint, command) \
	[PROBLEM_##name] = {#name, NULL, 0, REASON_##name, sentence, hint, command},
#define ALSO(name, reason, sentence, hint, command) \
	[PROBLEM_##name] = {#reason, NULL, 0, REASON_##reason, sentence, hint, command},
#define OWN(name, exit, layer, sentence, hint, command) \
	[PROBLEM_##name] = {#name, layer, exit, REASON_NONE, sentence, hint, command},
#include "client/screen/problems.def"
#undef SAID
#undef ALSO
#undef OWN
};

/* Every reason of the server has its sentence: the names are checked above (an
 * unknown one does not compile), their number here. */
#define SAID(...) +1
#define ALSO(...)
#define OWN(...)
_Static_assert(0
#include "client/screen/problems.def"
		       == REASON_COUNT - 1,
	"a reason of tbl/reasons.def has no sentence in problems.def");
#undef SAID
#undef ALSO
#undef OWN

/* Its first wording; who raises a problem may know a better one. */
enum problem_id problem_of_reason(enum reason reason)
{
	for (int id = PROBLEM_NONE + 1; id < PROBLEM_COUNT; id++) {
		if (problem_rows[id].reason == reason && reason != REASON_NONE)
			return (enum problem_id)id;
	}
	return PROBLEM_OTHER_REFUSAL;
}

int problem_exit_code(enum problem_id id)
{
	const struct problem_row *row = &problem_rows[id];

	return row->reason == REASON_NONE ? row->exit_code : reason_exit_code(row->reason);
}

int problem_describe(
	struct problem *problem, struct arena *arena, enum problem_id id, const struct words *words)
{
	const struct problem_row *row = &problem_rows[id];

	assert(id > PROBLEM_NONE && id < PROBLEM_COUNT);
	problem->id = id;
	problem->exit_code = problem_exit_code(id);
	problem->reason = row->name;
	problem->layer = row->layer ? row->layer : reason_layer(row->reason);
	problem->field = words_get(words, "field");
	problem->sentence = words_fill(arena, _(row->sentence), words);
	problem->hint = words_fill(arena, _(row->hint), words);
	problem->command = words_fill(arena, row->command, words);
	return problem->exit_code;
}

static bool problem_is_known(const struct problem *problem)
{
	return problem_rows[problem->id].reason != REASON_NONE;
}

static void problem_print_trace(const struct problem *problem, struct arena *arena, FILE *out)
{
	fprintf(out, "  (%s", problem->reason);
	/* The server's own words add nothing to a sentence that stands for its reason. */
	if (problem->detail && *problem->detail && !(problem->status && problem_is_known(problem)))
		fprintf(out, "; %s", safe_line(arena, problem->detail));
	if (problem->call_id && *problem->call_id)
		fprintf(out, "; %s %s", _("call"), safe_line(arena, problem->call_id));
	fputs(")\n", out);
}

/* What may be done instead, each as a command; a programme gets all of them. */
enum { PROBLEM_COMMANDS_SHOWN = 3 };

static void problem_print_commands(const struct problem *problem, FILE *out)
{
	size_t shown = problem->n_commands < PROBLEM_COMMANDS_SHOWN ? problem->n_commands
								    : PROBLEM_COMMANDS_SHOWN;

	lines_print_commands(out, "  ", _("You can:"), _("      or:"), problem->commands, shown);
}

void problem_print(const struct problem *problem, struct arena *arena, FILE *out)
{
	lines_print(out, "stafett: ", "  ", problem->sentence);
	lines_print_command(out, "  ", problem->hint, problem->command);
	problem_print_commands(problem, out);
	problem_print_trace(problem, arena, out);
}

/* Sets a text that is there. jansson refuses what is not UTF-8; then it stays out. */
static void problem_json_text(json_t *object, const char *name, const char *value)
{
	if (value && *value)
		(void)json_object_set_new(object, name, json_string(value));
}

static void problem_json_list(json_t *object, const char *name, char *const *values, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(list, json_string(values[i]));
	if (count)
		(void)json_object_set(object, name, list);
	json_decref(list);
}

void problem_print_json(const struct problem *problem, FILE *out)
{
	json_t *error = json_object();

	problem_json_text(error, "status", problem->status);
	problem_json_text(error, "reason", problem->reason);
	problem_json_text(error, "layer", problem->layer);
	problem_json_text(error, "field", problem->field);
	problem_json_text(error, "message", problem->sentence);
	problem_json_text(error, "hint", problem->hint);
	problem_json_text(error, "command", problem->command);
	problem_json_text(error, "detail", problem->detail);
	problem_json_text(error, "logId", problem->call_id);
	if (problem->current_status && *problem->current_status)
		(void)json_object_set_new(error, "current",
			json_pack("{s:s, s:i}", "status", problem->current_status, "version",
				problem->current_version));
	problem_json_list(error, "allowedActs", problem->allowed_acts, problem->n_allowed_acts);
	problem_json_list(error, "commands", problem->commands, problem->n_commands);
	(void)json_dumpf(error, out, JSON_COMPACT | JSON_ENSURE_ASCII);
	fputc('\n', out);
	json_decref(error);
}
