/* SPDX-License-Identifier: Apache-2.0 */
/* Locked pages that grow: see the header. */
#include "client/secret.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "client/memory.h"

enum { SECRET_ROOM = 4096 };

const char *secret_text(const struct secret *secret)
{
	return secret->text ? secret->text : "";
}

/* Pages of their own. A system that locks no more memory still gives them. */
static char *secret_pages(size_t room)
{
	void *pages = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		memory_need(NULL);
	(void)mlock(pages, room);
	(void)madvise(pages, room, MADV_DONTDUMP);
	return pages;
}

static void secret_make_room(struct secret *secret, size_t room)
{
	size_t more = secret->room ? secret->room : SECRET_ROOM;
	struct secret larger;

	if (room <= secret->room)
		return;
	while (more < room)
		more *= 2;
	larger = (struct secret){secret_pages(more), secret->len, more};
	if (secret->len)
		memcpy(larger.text, secret->text, secret->len);
	secret_end(secret);
	*secret = larger;
}

void secret_add(struct secret *secret, struct bytes bytes)
{
	secret_make_room(secret, secret->len + bytes.len + 1);
	if (bytes.len)
		memcpy(secret->text + secret->len, bytes.data, bytes.len);
	secret->len += bytes.len;
	secret->text[secret->len] = '\0';
}

void secret_add_text(struct secret *secret, const char *text)
{
	secret_add(secret, bytes_of_string(text));
}

void secret_cut(struct secret *secret, size_t len)
{
	if (len >= secret->len)
		return;
	explicit_bzero(secret->text + len, secret->len - len);
	secret->len = len;
}

void secret_end(struct secret *secret)
{
	if (!secret->text)
		return;
	explicit_bzero(secret->text, secret->len);
	munmap(secret->text, secret->room);
	*secret = (struct secret){0};
}

void secret_forbid_dump(void)
{
	const struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none);
}
