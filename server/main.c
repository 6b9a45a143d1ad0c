/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stafettd: reads the command line and the settings, gives up what it does not
 * need, and hands over to the master or to one of the administrator's jobs.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/settings.h"
#include "process/cluster.h"
#include "process/courier.h"
#include "process/master.h"
#include "process/worker.h"
#include "stafett/base.h"
#include "store/basis_admin.h"
#include "store/import.h"
#include "store/migrate.h"
#include "store/notice_admin.h"
#include "store/rule_admin.h"

#define MAIN_SETTINGS_FILE "/etc/stafett/stafettd.conf"

enum {
	MAIN_EXIT_USAGE = 2,
	/* A summer's noon, when Stockholm is two hours ahead. */
	MAIN_SUMMER_UNIX = 1782900000,
	MAIN_SUMMER_OFFSET = 7200,
};

static const char main_usage[] =
	"usage: stafettd [-c FILE] [-o NAME=VALUE]... [--check]\n"
	"       stafettd [-c FILE] [-o NAME=VALUE]... migrate\n"
	"       stafettd [-c FILE] [-o NAME=VALUE]... directory import JSON\n"
	"       stafettd [-c FILE] [-o NAME=VALUE]... rule list | add JSON | end NAME\n"
	"       stafettd [-c FILE] [-o NAME=VALUE]... notice list | set JSON | end UNIT\n"
	"       stafettd [-c FILE] [-o NAME=VALUE]... basis list | add JSON | end NAME\n"
	"       stafettd [-c FILE] [-o NAME=VALUE]... clock accept\n"
	"       stafettd --help | --version\n"
	"\n"
	"  -c, --config FILE     settings (" MAIN_SETTINGS_FILE ")\n"
	"  -o, --option N=V      one setting, over what the file says\n"
	"      --check           say whether the settings can be used, and end\n"
	"  migrate               bring the database's schema up, and end\n"
	"  directory import JSON read organisations, units and members, and end\n"
	"  rule ...              list, add or end rules of deadlines, and end\n"
	"  notice ...            how units are told of alarms: list, set, end it, and end\n"
	"  basis ...             list, add or end rows of legal bases, and end\n"
	"  clock accept          the clock is right as it is now: alarms go on by it\n"
	"\n"
	"Without a command it serves until SIGTERM. Manual: stafettd(8), stafettd.conf(5).\n";

struct main_args {
	const char *file;
	const char **overrides; /* "name=value", room for as many as there are arguments */
	int n_overrides;
	bool check;
	const char *argument; /* of the command; NULL: none */
	char *const *argv;    /* all of the command line */
	int folder_fd;	      /* where it was given; -1: unknown */
	/* May take the settings over. */
	int (*run)(struct main_args *args, struct settings **settings);
	int (*job)(struct main_args *args, const char *conninfo, char **ret_error);
};

/* Prints |error|, which is freed, and gives the exit status. */
static int main_fail(char *error, int r)
{
	fprintf(stderr, "stafettd: %s\n", error ? error : strerror(-r));
	free(error);
	return EXIT_FAILURE;
}

/* As at the start, from the folder of the start. */
static int main_read_settings(void *arg, struct settings **ret_settings, char **ret_error)
{
	const struct main_args *args = arg;
	int r;

	if (args->folder_fd >= 0 && fchdir(args->folder_fd) < 0)
		return -errno;
	r = settings_read(args->file, args->overrides, args->n_overrides, ret_settings, ret_error);
	if (chdir("/") < 0 && !r)
		r = -errno;
	return r;
}

static int main_serve(struct main_args *args, struct settings **settings)
{
	const struct master_params params = {
		.argv = args->argv,
		.folder_fd = args->folder_fd,
		.read_settings = main_read_settings,
		.arg = args,
	};

	return master_run(&params, TAKE(*settings));
}

static int main_check(struct main_args *args, struct settings **settings)
{
	char *error = NULL;
	int r = worker_check(*settings, &error);

	if (!r && !(*settings)->database[0])
		r = cluster_check((*settings)->postgresql_dir, &error);
	if (!r)
		r = courier_check(*settings, &error);
	if (r)
		return main_fail(error, r);
	puts("ok");
	return EXIT_SUCCESS;
}

/* The connection string for an administrator's job, to be freed: the setting, or
 * that of the private database, which only a running daemon has. */
static char *main_admin_conninfo(const struct settings *settings)
{
	char *conninfo;

	if (settings->database[0])
		return strdup(settings->database);
	if (cluster_find_running(settings->state_dir, &conninfo) < 0) {
		fprintf(stderr, "stafettd: no private database runs in '%s'; start stafettd\n",
			settings->state_dir);
		return NULL;
	}
	return conninfo;
}

static int main_migrate(struct main_args *args, struct settings **settings)
{
	struct migrate_params params = {0};
	char *conninfo = main_admin_conninfo(*settings), *error = NULL;
	int r;

	if (!conninfo)
		return EXIT_FAILURE;
	params.conninfo = conninfo;
	r = migrate_run(&params, &error);
	free(conninfo);
	return r ? main_fail(error, r) : EXIT_SUCCESS;
}

static int main_import(struct main_args *args, struct settings **settings)
{
	char *conninfo = main_admin_conninfo(*settings), *error = NULL;
	struct import_counts counts;
	int r;

	if (!conninfo)
		return EXIT_FAILURE;
	r = import_directory(conninfo, args->argument, &counts, &error);
	free(conninfo);
	if (r)
		return main_fail(error, r);
	printf("%d organisations, %d units, %d members, %d roles\n", counts.organizations,
		counts.units, counts.members, counts.roles);
	return EXIT_SUCCESS;
}

static int main_list_rules(struct main_args *args, const char *conninfo, char **ret_error)
{
	return rule_admin_list(conninfo, stdout, ret_error);
}

static int main_add_rule(struct main_args *args, const char *conninfo, char **ret_error)
{
	return rule_admin_add(conninfo, args->argument, ret_error);
}

static int main_end_rule(struct main_args *args, const char *conninfo, char **ret_error)
{
	return rule_admin_end(conninfo, args->argument, ret_error);
}

static int main_list_bases(struct main_args *args, const char *conninfo, char **ret_error)
{
	return basis_admin_list(conninfo, stdout, ret_error);
}

static int main_add_basis(struct main_args *args, const char *conninfo, char **ret_error)
{
	return basis_admin_add(conninfo, args->argument, ret_error);
}

static int main_end_basis(struct main_args *args, const char *conninfo, char **ret_error)
{
	return basis_admin_end(conninfo, args->argument, ret_error);
}

static int main_accept_clock(struct main_args *args, const char *conninfo, char **ret_error)
{
	return clock_admin_accept(conninfo, ret_error);
}

static int main_list_notices(struct main_args *args, const char *conninfo, char **ret_error)
{
	return notice_admin_list(conninfo, stdout, ret_error);
}

static int main_set_notice(struct main_args *args, const char *conninfo, char **ret_error)
{
	return notice_admin_set(conninfo, args->argument, ret_error);
}

static int main_end_notice(struct main_args *args, const char *conninfo, char **ret_error)
{
	return notice_admin_end(conninfo, args->argument, ret_error);
}

static int main_administer(struct main_args *args, struct settings **settings)
{
	char *conninfo = main_admin_conninfo(*settings), *error = NULL;
	int r;

	if (!conninfo)
		return EXIT_FAILURE;
	r = args->job(args, conninfo, &error);
	free(conninfo);
	return r ? main_fail(error, r) : EXIT_SUCCESS;
}

static const struct main_command {
	const char *noun, *verb; /* no verb: the noun alone */
	bool has_argument;
	int (*run)(struct main_args *args, struct settings **settings);
	int (*job)(struct main_args *args, const char *conninfo, char **ret_error);
} main_commands[] = {
	{"migrate", NULL, false, main_migrate, NULL},
	{"directory", "import", true, main_import, NULL},
	{"rule", "list", false, main_administer, main_list_rules},
	{"rule", "add", true, main_administer, main_add_rule},
	{"rule", "end", true, main_administer, main_end_rule},
	{"basis", "list", false, main_administer, main_list_bases},
	{"basis", "add", true, main_administer, main_add_basis},
	{"basis", "end", true, main_administer, main_end_basis},
	{"notice", "list", false, main_administer, main_list_notices},
	{"notice", "set", true, main_administer, main_set_notice},
	{"notice", "end", true, main_administer, main_end_notice},
	{"clock", "accept", false, main_administer, main_accept_clock},
};

static bool main_command_fits(const struct main_command *command, int argc, char **argv)
{
	return argc == 1 + (command->verb != NULL) + command->has_argument &&
	       strcmp(argv[0], command->noun) == 0 &&
	       (!command->verb || strcmp(argv[1], command->verb) == 0);
}

/* The command in |argv| (what is left after the options). */
static int main_parse_command(int argc, char **argv, struct main_args *args)
{
	args->run = args->check ? main_check : main_serve;
	if (argc == 0)
		return 0;
	for (size_t i = 0; !args->check && i < ARRAY_SIZE(main_commands); i++) {
		const struct main_command *command = &main_commands[i];

		if (!main_command_fits(command, argc, argv))
			continue;
		args->run = command->run;
		args->job = command->job;
		args->argument = command->has_argument ? argv[argc - 1] : NULL;
		return 0;
	}
	fputs(main_usage, stderr);
	return -1;
}

/* Fills |args|. Else ends the program: with 0 after --help and --version. */
static void main_parse(int argc, char **argv, struct main_args *args)
{
	enum { OPTION_CHECK = 256, OPTION_HELP, OPTION_VERSION };
	static const struct option options[] = {{"config", required_argument, NULL, 'c'},
		{"option", required_argument, NULL, 'o'},
		{"check", no_argument, NULL, OPTION_CHECK},
		{"help", no_argument, NULL, OPTION_HELP},
		{"version", no_argument, NULL, OPTION_VERSION}, {0}};
	int c;

	while ((c = getopt_long(argc, argv, "c:o:", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			args->file = optarg;
			break;
		case 'o':
			args->overrides[args->n_overrides++] = optarg;
			break;
		case OPTION_CHECK:
			args->check = true;
			break;
		case OPTION_HELP:
			fputs(main_usage, stdout);
			exit(EXIT_SUCCESS);
		case OPTION_VERSION:
			puts("stafettd " STAFETT_VERSION);
			exit(EXIT_SUCCESS);
		default:
			fputs(main_usage, stderr);
			exit(MAIN_EXIT_USAGE);
		}
	}
	if (main_parse_command(argc - optind, argv + optind, args) < 0)
		exit(MAIN_EXIT_USAGE);
}

/* Memory that may hold keys or case data never becomes a file, files are our
 * user's alone, and a peer that went is no reason to end. */
static void main_harden(void)
{
	const struct rlimit no_core = {0, 0};
	struct rlimit files;

	prctl(PR_SET_DUMPABLE, 0);
	setrlimit(RLIMIT_CORE, &no_core);
	umask(077);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	signal(SIGPIPE, SIG_IGN);
}

/* Without the zone's data libc would silently count in UTC, and every due time
 * would be wrong. */
static bool main_set_zone(void)
{
	const time_t summer = MAIN_SUMMER_UNIX;
	struct tm tm;

	setenv("TZ", "Europe/Stockholm", 1);
	tzset();
	return localtime_r(&summer, &tm) && tm.tm_gmtoff == MAIN_SUMMER_OFFSET;
}

/* Whether standard error is the journal: it names the socket, and an inherited name
 * must not deceive us when the output goes elsewhere. */
static bool main_logs_to_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	uintmax_t device, inode;
	struct stat st;

	return stream && sscanf(stream, "%ju:%ju", &device, &inode) == 2 &&
	       fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

static int main_run(struct main_args *args)
{
	struct settings *settings = NULL;
	char *error = NULL;
	int r = settings_read(args->file, args->overrides, args->n_overrides, &settings, &error);

	if (r)
		return main_fail(error, r);
	log_init((enum log_level)log_level_from_name(settings->log_level),
		main_logs_to_journal() ? LOG_STYLE_JOURNAL : LOG_STYLE_PLAIN);
	r = args->run(args, &settings);
	settings_free(settings);
	return r;
}

int main(int argc, char **argv)
{
	struct main_args args = {
		.file = MAIN_SETTINGS_FILE,
		.argv = argv,
		.folder_fd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC),
	};
	int r;

	args.overrides = calloc((size_t)argc, sizeof(*args.overrides));
	if (!args.overrides)
		return EXIT_FAILURE;
	main_parse(argc, argv, &args);
	main_harden();
	if (geteuid() == 0)
		r = main_fail(strdup("refuses to run as root; run it as a user of its own, for "
				     "example: runuser -u stafett -- stafettd"),
			0);
	else if (!main_set_zone())
		r = main_fail(strdup("the time zone Europe/Stockholm is not installed "
				     "(package tzdata)"),
			0);
	else
		r = main_run(&args);
	free(args.overrides);
	return r;
}
