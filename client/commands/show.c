/* SPDX-License-Identifier: Apache-2.0 */
/* stafett show REF [--body | --save FOLDER] */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "client/client.h"
#include "client/memory.h"
#include "client/packing.h"
#include "client/paths.h"
#include "client/ref.h"
#include "client/screen/format.h"
#include "client/screen/output.h"
#include "client/screen/referral.h"
#include "client/screen/safe_text.h"
#include "client/text.h"
#include "codec/utf8.h"
#include "domain/code.h"

static struct bytes show_data(const Stafett__V1__Part *part)
{
	if (!part || part->content_case != STAFETT__V1__PART__CONTENT_DATA)
		return (struct bytes){0};
	return bytes_of(part->data.data, part->data.len);
}

/* Bytes as they are where a program reads them, harmless where a person does. */
static void show_print_bytes(struct client *client, struct bytes data)
{
	if (isatty(STDOUT_FILENO))
		data = bytes_of_string(safe_text(&client->arena, data, SAFE_TEXT_PAGE));
	fwrite(data.data, 1, data.len, stdout);
	if (isatty(STDOUT_FILENO) && (!data.len || data.data[data.len - 1] != '\n'))
		putchar('\n');
}

/* On a terminal each text has a heading; into a pipe go the bytes alone. */
static void show_print_heading(struct client *client, const Stafett__V1__Content *content)
{
	const Stafett__V1__Header *header =
		packing_unpack(&client->arena, &stafett__v1__header__descriptor,
			bytes_of(content->header.data, content->header.len));
	int64_t us = header ? format_us(header->create_time) : 0;

	if (isatty(STDOUT_FILENO))
		printf("-- %s, %s\n", safe_line(&client->arena, content->from_unit),
			format_moment(&client->arena, us, client->today));
}

static void show_print_bodies(struct client *client, const Stafett__V1__GetResponse *response)
{
	for (size_t i = 0; i < response->n_contents; i++) {
		struct bytes card = show_data(response->contents[i]->card);
		struct bytes body = show_data(response->contents[i]->body);

		if (!body.len)
			continue;
		show_print_heading(client, response->contents[i]);
		/* The card is worth seeing where the page has hidden the person. */
		if (isatty(STDOUT_FILENO) && card.len)
			show_print_bytes(client, card);
		show_print_bytes(client, body);
	}
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
	int fd;
	FILE *file;

	if (!data.len)
		return 0;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	file = fd < 0 ? NULL : fdopen(fd, "wb");
	if (!file || fwrite(data.data, 1, data.len, file) != data.len || fclose(file) != 0)
		return client_problem(client, PROBLEM_FILE_UNWRITABLE, "value", path, "detail",
			strerror(errno), NULL);
	puts(path);
	return 0;
}

static int show_save(
	struct client *client, const char *folder, const Stafett__V1__GetResponse *response)
{
	int r = paths_make(folder);

	if (r)
		return client_problem(client, PROBLEM_FILE_UNWRITABLE, "value", folder, "detail",
			strerror(-r), NULL);
	for (size_t i = 0; i < response->n_contents && !r; i++) {
		r = show_save_part(
			client, folder, i, "card", show_data(response->contents[i]->card));
		if (!r)
			r = show_save_part(
				client, folder, i, "body", show_data(response->contents[i]->body));
	}
	return r;
}

int command_show(struct client *client, const struct arguments *arguments)
{
	const char *folder = arguments_get(arguments, OPTION_show_save);
	bool with_body = arguments_has(arguments, OPTION_show_body);
	const Stafett__V1__GetResponse *response;
	int r = arguments_count(client, arguments, 1, 1, _("which referral, like 7K3M"));

	if (!r)
		r = client_open(client);
	if (!r)
		r = ref_get(client, arguments->rest[0], REF_FOR_READING, with_body || folder,
			&response);
	if (r)
		return r;
	/* The name of a file comes from the id, which has no dots and slashes. */
	client_word(client, "code", format_code_of_id(&client->arena, response->referral->id));
	if (folder)
		return show_save(client, folder, response);
	if (client->is_json)
		return output_json(client, &response->base);
	if (with_body)
		show_print_bodies(client, response);
	else
		referral_print(client, response);
	return 0;
}
