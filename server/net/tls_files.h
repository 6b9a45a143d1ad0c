/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The three PEM files of a server, read once. Whoever is made later, or anew, works
 * with the same bytes, whatever becomes of the files meanwhile.
 */
#ifndef NET_TLS_FILES_H
#define NET_TLS_FILES_H

#include "stafett/base.h"

/* Their names. The key must be readable by its owner only. */
struct tls_params {
	const char *certificate_file; /* the server's chain, leaf first */
	const char *key_file;
	const char *ca_file; /* whom client certificates must descend from */
};

struct tls_file {
	char *name; /* as it was given; for messages */
	uint8_t *data;
	size_t len;
};

/* Owned by whoever read it. */
struct tls_files {
	struct tls_file certificate, key, ca;
};

/* Reads all three. On failure gives -errno and, in |ret_error| (freed by the caller
 * with free; may be NULL), one line that says which file is wrong and how. */
int tls_files_read(const struct tls_params *params, struct tls_files **ret_files,
	char **ret_error) WARN_UNUSED;
/* Forgets the bytes, the key's without a trace. For a process that has no use for them. */
void tls_files_wipe(struct tls_files *files);
/* Wipes and frees. Accepts NULL; returns NULL. */
struct tls_files *tls_files_free(struct tls_files *files);

#endif
