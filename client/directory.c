/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of units, remembered in a file of lines "server TAB handle TAB name". A
 * file older than a week is not read again: units are seldom renamed, not never.
 */
#include "client/directory.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/suggest.h"
#include "client/call.h"
#include "client/memory.h"
#include "client/paths.h"
#include "stafett/caps.h"

enum { DIRECTORY_FILE_BYTES = 1 << 20, DIRECTORY_FRESH_S = 7 * 86400 };

static const char *directory_file(struct client *client)
{
	return paths_state(&client->arena, "unit-names");
}

/* The remembered lines, read once a command; "" where none are fresh. */
static const char *directory_lines(struct client *client)
{
	const char *file = directory_file(client);
	struct bytes lines = {0};
	struct stat status;

	if (client->unit_names)
		return client->unit_names;
	if (stat(file, &status) == 0 && time(NULL) - status.st_mtime < DIRECTORY_FRESH_S &&
		paths_read(&client->arena, file, DIRECTORY_FILE_BYTES, &lines))
		lines = (struct bytes){0};
	client->unit_names = memory_copy(&client->arena, lines);
	return client->unit_names;
}

static char *directory_key(struct client *client, const char *handle)
{
	return memory_printf(&client->arena, "%s\t%s\t", client->profile->server, handle);
}

/* The remembered name, or NULL. */
static const char *directory_recall(struct client *client, const char *handle)
{
	const char *key = directory_key(client, handle);
	const char *line = directory_lines(client);
	size_t len = strlen(key);

	while (*line && strncmp(line, key, len) != 0) {
		line += strcspn(line, "\n");
		line += strspn(line, "\n");
	}
	if (!*line)
		return NULL;
	line += len;
	return memory_copy(&client->arena, bytes_of(line, strcspn(line, "\n")));
}

const char *directory_known(struct client *client, size_t index)
{
	const char *server = memory_printf(&client->arena, "%s\t", client->profile->server);
	const char *line = directory_lines(client);

	for (; *line; line += strspn(line, "\n")) {
		bool is_ours = strncmp(line, server, strlen(server)) == 0;
		const char *handle = is_ours ? line + strlen(server) : line;
		size_t len = strcspn(handle, "\t\n");

		/* Of an organisation it is half a handle. */
		if (is_ours && len && handle[len - 1] != '/' && index-- == 0)
			return memory_copy(&client->arena, bytes_of(handle, len));
		line += strcspn(line, "\n");
	}
	return NULL;
}

void directory_learn(struct client *client, const char *handle, const char *name)
{
	if (!*name || strpbrk(name, "\t\n") || directory_recall(client, handle))
		return;
	client->unit_names = memory_printf(&client->arena, "%s%s%s\n", directory_lines(client),
		directory_key(client, handle), name);
	/* Only a convenience: where it cannot be written, we ask again next time. */
	(void)!paths_write(
		&client->arena, directory_file(client), bytes_of_string(client->unit_names));
}

const Stafett__V1__Unit *directory_find(struct client *client, const char *handle, bool *ret_asked)
{
	Stafett__V1__SearchRequest request = STAFETT__V1__SEARCH_REQUEST__INIT;
	const Stafett__V1__SearchResponse *response;

	request.handle_prefix = (char *)handle;
	request.include_closed = true;
	*ret_asked = call_aside(client, METHOD_search, &request.base,
		&stafett__v1__search_response__descriptor, &response);
	for (size_t i = 0; *ret_asked && i < response->n_units; i++) {
		if (strcmp(response->units[i]->handle, handle) != 0)
			continue;
		directory_learn(client, handle, response->units[i]->display_name);
		return response->units[i];
	}
	return NULL;
}

const char *directory_nearest(struct client *client, const char *handle)
{
	Stafett__V1__SearchRequest request = STAFETT__V1__SEARCH_REQUEST__INIT;
	const Stafett__V1__SearchResponse *response;
	struct suggest nearest;

	suggest_begin(&nearest, handle);
	request.page_size = CAP_PAGE_SIZE;
	request.handle_prefix = memory_copy(&client->arena, bytes_of(handle, strcspn(handle, "/")));
	/* Of the organisation, or, where that is wrong too, of all. */
	for (int i = 0; i < 2 && !nearest.best; i++) {
		if (!call_aside(client, METHOD_search, &request.base,
			    &stafett__v1__search_response__descriptor, &response))
			return NULL;
		for (size_t unit = 0; unit < response->n_units; unit++)
			suggest_offer(&nearest, response->units[unit]->handle);
		request.handle_prefix = (char *)"";
	}
	return nearest.best;
}

int directory_check(struct client *client, const char *handle)
{
	bool asked;

	if (!*handle || directory_find(client, handle, &asked) || !asked)
		return 0;
	return client_problem(client, PROBLEM_UNIT_NOT_LISTED, "value", handle, "near",
		directory_nearest(client, handle), NULL);
}

/* In small letters, without the dots and rings of Swedish: "oppenvard". */
static char *directory_plain(struct client *client, const char *text)
{
	char *plain = memory_string(&client->arena, text);
	char *at = plain;

	for (; *text; text++) {
		char letter = *text >= 'A' && *text <= 'Z' ? (char)(*text - 'A' + 'a') : *text;

		if ((unsigned char)letter == 0xc3 && text[1]) {
			/* the second bytes of a small and a capital letter differ by 0x20 */
			unsigned char second = (unsigned char)*++text | 0x20;

			letter = second == 0xa5 || second == 0xa4 ? 'a'
				 : second == 0xb6		  ? 'o'
								  : (char)second;
		}
		*at++ = letter;
	}
	*at = '\0';
	return plain;
}

/* Adds those of a page that are called so. */
static size_t directory_match(struct client *client, const Stafett__V1__SearchResponse *page,
	const char *typed, bool is_whole, const Stafett__V1__Unit **found, size_t count,
	size_t most)
{
	for (size_t i = 0; i < page->n_units; i++) {
		const Stafett__V1__Unit *unit = page->units[i];
		const char *name = directory_plain(client, unit->display_name);

		if (is_whole ? strcmp(name, typed) != 0
			     : !strstr(name, typed) && !strstr(unit->handle, typed))
			continue;
		if (count < most)
			found[count] = unit;
		count++;
	}
	return count;
}

size_t directory_named(
	struct client *client, const char *typed, const Stafett__V1__Unit **found, size_t most)
{
	Stafett__V1__SearchRequest request = STAFETT__V1__SEARCH_REQUEST__INIT;
	const Stafett__V1__SearchResponse *page;
	const Stafett__V1__Unit **parts = memory_alloc(&client->arena, most * sizeof(*parts));
	size_t whole = 0, n_parts = 0;

	typed = directory_plain(client, typed);
	request.page_size = CAP_PAGE_SIZE;
	do {
		if (!*typed || !call_aside(client, METHOD_search, &request.base,
				       &stafett__v1__search_response__descriptor, &page))
			break;
		whole = directory_match(client, page, typed, true, found, whole, most);
		n_parts = directory_match(client, page, typed, false, parts, n_parts, most);
		request.page_token = page->next_page_token;
	} while (*page->next_page_token);
	if (whole)
		return whole;
	memcpy(found, parts, (n_parts < most ? n_parts : most) * sizeof(*parts));
	return n_parts;
}

size_t directory_predecessors(struct client *client, const char *handle, char ***ret_handles)
{
	Stafett__V1__SearchRequest request = STAFETT__V1__SEARCH_REQUEST__INIT;
	const Stafett__V1__SearchResponse *page;
	struct arena *arena = &client->arena;
	char **handles = NULL;
	size_t count = 0;

	request.page_size = CAP_PAGE_SIZE;
	request.include_closed = true;
	request.handle_prefix = memory_copy(arena, bytes_of(handle, strcspn(handle, "/") + 1));
	do {
		if (!call_aside(client, METHOD_search, &request.base,
			    &stafett__v1__search_response__descriptor, &page))
			break;
		for (size_t i = 0; i < page->n_units; i++) {
			if (strcmp(page->units[i]->replaced_by, handle) != 0)
				continue;
			handles = memory_join(arena, handles, count, &page->units[i]->handle, 1);
			count++;
		}
		request.page_token = page->next_page_token;
	} while (*page->next_page_token);
	*ret_handles = handles;
	return count;
}

const char *directory_name(struct client *client, const char *handle)
{
	const Stafett__V1__Unit *unit;
	const char *name;
	bool asked;

	if (!*handle)
		return "";
	name = directory_recall(client, handle);
	if (name)
		return name;
	unit = directory_find(client, handle, &asked);
	return unit && *unit->display_name ? unit->display_name : handle;
}

const char *directory_names(struct client *client, char *const *handles, size_t count)
{
	const char *text = "";

	for (size_t i = 0; i < count; i++)
		text = memory_printf(&client->arena, "%s%s%s", text, i ? ", " : "",
			directory_name(client, handles[i]));
	return text;
}

/* Remembered like a unit, by the half of a handle that ends with a stroke. */
const char *directory_organization(struct client *client, const char *half)
{
	Stafett__V1__SearchRequest request = STAFETT__V1__SEARCH_REQUEST__INIT;
	const Stafett__V1__SearchResponse *response;
	char *prefix = memory_printf(&client->arena, "%s/", half);
	const char *name = directory_recall(client, prefix);

	if (name)
		return name;
	request.handle_prefix = prefix;
	request.include_closed = true;
	request.page_size = 1;
	if (!call_aside(client, METHOD_search, &request.base,
		    &stafett__v1__search_response__descriptor, &response) ||
		!response->n_units || !*response->units[0]->organization)
		return half;
	directory_learn(client, prefix, response->units[0]->organization);
	return response->units[0]->organization;
}
