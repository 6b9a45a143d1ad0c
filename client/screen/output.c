/* SPDX-License-Identifier: Apache-2.0 */
/* JSON, sentences and the next step: see the header. */
#include "client/screen/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/memory.h"
#include "client/screen/lines.h"
#include "client/text.h"
#include "codec/pb_json.h"

enum { OUTPUT_JSON_INDENT = 2 };

int output_json(struct client *client, const ProtobufCMessage *message)
{
	char *text = NULL;
	int r = pb_json_print(message, OUTPUT_JSON_INDENT, &text);

	if (r == -ERANGE)
		return client_problem(client, PROBLEM_LINE_PROTOCOL, NULL);
	memory_need(r ? NULL : text);
	puts(text);
	free(text);
	return 0;
}

void output_say(struct client *client, const char *indent, const char *template)
{
	char *further = memory_printf(&client->arena, "%s  ", indent);

	lines_print(stdout, indent, further, words_fill(&client->arena, template, &client->words));
}

void output_next(struct client *client, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = memory_vprintf(&client->arena, format, args);
	va_end(args);
	lines_print_command(stdout, "", _("Next:"), client_next(client, "%s", text));
}
