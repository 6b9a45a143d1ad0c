/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quoting follows each reader: postgresql.conf doubles the quote, libpq's
 * connection strings escape it, pg_ident.conf has double quotes.
 */
#include "process/cluster_text.h"

#include <stdio.h>
#include <stdlib.h>

/* The file of a server's socket; the port is only a name here, TCP is off. */
#define CLUSTER_SOCKET_FILE "/.s.PGSQL.5432"
/* The line of postmaster.pid that holds the status, counted from 0. */
#define CLUSTER_STATUS_LINE 7

/*
 * What durability needs comes last and so wins over tuning.conf, which is the
 * operator's and wins over what comes first. Terse errors: a detail line may quote
 * a row. Autovacuum shares its core with those who wait for an answer: at half load
 * their p99 is 12 ms beside a slow one, and 45 beside one at PostgreSQL's own pace. To
 * analyse knows no pace, and takes a third of what a send costs while tables grow fast;
 * but no plan of ours hangs on statistics (see STORE_SESSION), so rough ones will do,
 * anew when a table has doubled. The log's buffers would be as small as one of its
 * files, a megabyte, and who finds them full writes them out with the lock that all need.
 */
static const char cluster_conf[] =
	"# Written by stafettd at every start; put changes into tuning.conf.\n"
	"autovacuum_vacuum_cost_delay = 20ms\n"
	"autovacuum_analyze_scale_factor = 1\n"
	"default_statistics_target = 10\n"
	"wal_buffers = 4MB\n"
	"include 'tuning.conf'\n"
	"listen_addresses = ''\n"
	"port = 5432\n"
	"max_connections = 500\n"
	"jit = off\n"
	"unix_socket_directories = '%s'\n"
	"unix_socket_permissions = 0700\n"
	"fsync = on\n"
	"synchronous_commit = on\n"
	"full_page_writes = on\n"
	"wal_level = replica\n"
	"restart_after_crash = on\n"
	"client_connection_check_interval = 5s\n"
	"timezone = 'UTC'\n"
	"log_timezone = 'UTC'\n"
	"lc_messages = 'C.UTF-8'\n"
	"lc_monetary = 'C.UTF-8'\n"
	"lc_numeric = 'C.UTF-8'\n"
	"lc_time = 'C.UTF-8'\n"
	"logging_collector = on\n"
	"log_directory = 'log'\n"
	"log_filename = 'postgresql-%%a.log'\n"
	"log_truncate_on_rotation = on\n"
	"log_rotation_age = 1d\n"
	"log_error_verbosity = terse\n"
	"log_parameter_max_length = 0\n"
	"log_parameter_max_length_on_error = 0\n";

/* A copy of |text| with |escape| before each |mark|, and before each |escape|. */
static char *cluster_escape(const char *text, char mark, char escape)
{
	char *copy = malloc(2 * strlen(text) + 1), *out = copy;

	if (!copy)
		return NULL;
	for (; *text; text++) {
		if (*text == mark || *text == escape)
			*out++ = escape;
		*out++ = *text;
	}
	*out = '\0';
	return copy;
}

char *cluster_text_conf(const char *socket_dir)
{
	char *dir = cluster_escape(socket_dir, '\'', '\'');
	char *text = NULL;

	if (dir && asprintf(&text, cluster_conf, dir) < 0)
		text = NULL;
	free(dir);
	return text;
}

char *cluster_text_tuning(void)
{
	return strdup("# Settings of the private PostgreSQL, such as shared_buffers. What keeps\n"
		      "# committed data safe is set in postgresql.conf, and wins over this.\n");
}

char *cluster_text_hba(void)
{
	return strdup("local all " CLUSTER_ADMIN " peer map=stafett\n"
		      "local " CLUSTER_DATABASE " " CLUSTER_APP " peer map=stafett\n"
		      "local " CLUSTER_DATABASE " " CLUSTER_CLERK " peer map=stafett\n");
}

char *cluster_text_ident(const char *os_user)
{
	char *text;

	if (asprintf(&text,
		    "stafett \"%s\" " CLUSTER_ADMIN "\nstafett \"%s\" " CLUSTER_APP
		    "\nstafett \"%s\" " CLUSTER_CLERK "\n",
		    os_user, os_user, os_user) < 0)
		return NULL;
	return text;
}

char *cluster_text_conninfo(const char *socket_dir, const char *user, const char *database)
{
	char *dir = cluster_escape(socket_dir, '\'', '\\');
	char *text = NULL;

	if (dir &&
		asprintf(&text, "host='%s' port=5432 user=%s dbname=%s", dir, user, database) < 0)
		text = NULL;
	free(dir);
	return text;
}

bool cluster_text_fits_socket(const char *socket_dir)
{
	return strlen(socket_dir) + strlen(CLUSTER_SOCKET_FILE) <= CLUSTER_SOCKET_PATH_MAX;
}

/* Takes the next line off |text|; false when there is no whole line left. */
static bool cluster_next_line(struct bytes *text, struct bytes *ret_line)
{
	const uint8_t *end = text->len ? memchr(text->data, '\n', text->len) : NULL;

	if (!end)
		return false;
	*ret_line = bytes_of(text->data, (size_t)(end - text->data));
	*text = bytes_of(end + 1, text->len - ret_line->len - 1);
	return true;
}

static bool cluster_read_pid(struct bytes line, pid_t *ret_pid)
{
	pid_t pid = 0;

	if (line.len == 0 || line.len > 9)
		return false;
	for (size_t i = 0; i < line.len; i++) {
		if (line.data[i] < '0' || line.data[i] > '9')
			return false;
		pid = pid * 10 + (line.data[i] - '0');
	}
	*ret_pid = pid;
	return pid > 0;
}

/* The words are padded with blanks, so that each overwrites the one before. */
static enum cluster_status cluster_read_status(struct bytes line)
{
	static const struct {
		const char *word;
		enum cluster_status status;
	} words[] = {
		{"starting", CLUSTER_STATUS_STARTING},
		{"ready", CLUSTER_STATUS_READY},
		{"stopping", CLUSTER_STATUS_STOPPING},
	};

	while (line.len > 0 && line.data[line.len - 1] == ' ')
		line.len--;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (bytes_are(line, words[i].word))
			return words[i].status;
	return CLUSTER_STATUS_UNKNOWN;
}

bool cluster_text_read_pidfile(struct bytes text, struct cluster_pidfile *ret_pidfile)
{
	struct cluster_pidfile found = {.status = CLUSTER_STATUS_UNKNOWN};
	struct bytes line;

	if (!cluster_next_line(&text, &line) || !cluster_read_pid(line, &found.pid))
		return false;
	for (int i = 1; cluster_next_line(&text, &line); i++)
		if (i == CLUSTER_STATUS_LINE)
			found.status = cluster_read_status(line);
	*ret_pidfile = found;
	return true;
}
