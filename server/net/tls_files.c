/* SPDX-License-Identifier: Apache-2.0 */
/* See tls_files.h. */
#include "net/tls_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>

/* No chain and no bundle of CAs that is meant to be one is larger. */
enum { TLS_FILE_BYTES = 1048576 };

static int tls_file_complain(
	const struct tls_file *file, const char *what, int rc, char **ret_error)
{
	if (asprintf(ret_error, "'%s': %s", file->name, what) < 0)
		*ret_error = NULL;
	return rc;
}

static int tls_file_read_all(int fd, struct tls_file *file)
{
	while (file->len < TLS_FILE_BYTES) {
		ssize_t n = read(fd, file->data + file->len, TLS_FILE_BYTES - file->len);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			return 0;
		if (n > 0)
			file->len += (size_t)n;
	}
	return -EFBIG;
}

/* The key is a secret only if nobody else may read it. */
static int tls_file_check(int fd, bool is_secret, const struct tls_file *file, char **ret_error)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return tls_file_complain(file, strerror(errno), -errno, ret_error);
	if (is_secret && st.st_mode & (S_IRWXG | S_IRWXO))
		return tls_file_complain(file,
			"the key must be readable by its owner only (chmod 600)", -EACCES,
			ret_error);
	return 0;
}

static int tls_file_read(const char *name, bool is_secret, struct tls_file *file, char **ret_error)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY), rc;

	*file = (struct tls_file){.name = strdup(name), .data = malloc(TLS_FILE_BYTES)};
	if (!file->name || !file->data)
		rc = -ENOMEM;
	else if (fd < 0)
		rc = tls_file_complain(file, strerror(errno), -errno, ret_error);
	else
		rc = tls_file_check(fd, is_secret, file, ret_error);
	if (!rc) {
		rc = tls_file_read_all(fd, file);
		if (rc)
			tls_file_complain(file, strerror(-rc), rc, ret_error);
	}
	if (fd >= 0)
		close(fd);
	return rc;
}

int tls_files_read(const struct tls_params *params, struct tls_files **ret_files, char **ret_error)
{
	struct tls_files *files = calloc(1, sizeof(*files));
	int rc;

	*ret_error = NULL;
	if (!files)
		return -ENOMEM;
	rc = tls_file_read(params->certificate_file, false, &files->certificate, ret_error);
	if (!rc)
		rc = tls_file_read(params->key_file, true, &files->key, ret_error);
	if (!rc)
		rc = tls_file_read(params->ca_file, false, &files->ca, ret_error);
	if (rc)
		tls_files_free(files);
	else
		*ret_files = files;
	return rc;
}

static void tls_file_wipe(struct tls_file *file)
{
	OPENSSL_cleanse(file->data, file->len);
	free(file->data);
	free(file->name);
	*file = (struct tls_file){0};
}

void tls_files_wipe(struct tls_files *files)
{
	tls_file_wipe(&files->certificate);
	tls_file_wipe(&files->key);
	tls_file_wipe(&files->ca);
}

struct tls_files *tls_files_free(struct tls_files *files)
{
	if (!files)
		return NULL;
	tls_files_wipe(files);
	free(files);
	return NULL;
}
