/* SPDX-License-Identifier: Apache-2.0 */
#include "process/courier.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "process/child.h"
#include "process/notice_text.h"
#include "stafett/caps.h"

enum { COURIER_HURRY_S = 2, COURIER_FILES = 1024, COURIER_NO_PROGRAM = 127 };

/* One program, or the place for one. */
struct errand {
	struct courier *courier;
	struct uuid notice;
	struct child child;
	struct event *end; /* of the child, or of our patience; NULL: the place is free */
	const char *means;
};

struct courier {
	struct courier_params params;
	bool hurries;
	struct errand errands[CAP_NOTICES];
};

/* What a program is given; the texts are owned. */
struct errand_words {
	char *path, *input;
	char *unit, *count, *notice; /* of its environment */
	const char *const *argv;
};

static const char courier_path[] =
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

int courier_check(const struct settings *settings, char **ret_error)
{
	const char *from = settings->mail_from;
	int r;

	if (!*from)
		return 0;
	if (notice_is_address(from) && access(settings->sendmail, X_OK) == 0)
		return 0;
	r = notice_is_address(from)
		    ? asprintf(ret_error, "setting 'sendmail': '%s' is no program that we may run",
			      settings->sendmail)
		    : asprintf(ret_error, "setting 'mail_from': '%s' is no address", from);
	if (r < 0)
		*ret_error = NULL;
	return -EINVAL;
}

/* --- the program ------------------------------------------------------------------------ */

/* A file without a name, at its beginning; -1. */
static int errand_open_input(const char *text)
{
	int fd = memfd_create("notice", MFD_CLOEXEC);
	size_t len = strlen(text);

	if (fd >= 0 && (write(fd, text, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) < 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* In the child, which has nothing of ours but these: no descriptors, no environment, and
 * what it says nobody hears. It does not outlive the clerk; what it leaves behind when it
 * ends well goes on, as a queue's delivery does. */
_Noreturn static void errand_exec(const struct errand_words *words, int input_fd, pid_t parent)
{
	char locale[] = "LANG=C.UTF-8", path[sizeof(courier_path)];
	char *const environment[] = {path, locale, words->unit, words->count, words->notice, NULL};
	struct rlimit files;
	int null = open("/dev/null", O_RDWR);

	memcpy(path, courier_path, sizeof(path));
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || null < 0 || dup2(input_fd, STDIN_FILENO) < 0 ||
		dup2(null, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0 || chdir("/") < 0)
		_exit(COURIER_NO_PROGRAM);
	close_range(STDERR_FILENO + 1, UINT_MAX, 0);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur > COURIER_FILES) {
		files.rlim_cur = COURIER_FILES;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	execve(words->path, (char *const *)(uintptr_t)words->argv, environment);
	_exit(COURIER_NO_PROGRAM);
}

/* 0 or -errno. */
static int errand_start(struct errand *errand, const struct errand_words *words)
{
	int input = errand_open_input(words->input), r;
	pid_t parent = getpid();

	if (input < 0)
		return -errno;
	r = child_fork(&errand->child);
	if (r == 0)
		errand_exec(words, input, parent);
	close(input);
	return r < 0 ? r : 0;
}

/* --- its end ------------------------------------------------------------------------------ */

static void errand_finish(struct errand *errand, bool ok)
{
	struct courier *courier = errand->courier;
	const struct uuid notice = errand->notice;

	if (errand->end)
		event_free(errand->end);
	*errand = (struct errand){.courier = courier, .child = CHILD_NONE};
	courier->params.ended(courier->params.arg, &notice, ok);
}

/* All that it has started with it: they are one group, whose number is not given to
 * another as long as its first process is not reaped. */
static void errand_kill(struct errand *errand)
{
	kill(-errand->child.pid, SIGKILL);
	child_signal(&errand->child, SIGKILL);
}

static void errand_on_event(evutil_socket_t fd, short events, void *arg)
{
	struct errand *errand = arg;
	struct child_end end;

	if (child_has_ended(&errand->child, &end)) {
		if (end.code != 0)
			log_warn("a unit could not be told of its alarms",
				LOG_S("means", errand->means), LOG_I("exit", end.code),
				LOG_I("signal", end.signal));
		errand_finish(errand, end.code == 0);
		return;
	}
	errand_kill(errand);
	event_add(errand->end, NULL);
}

static int errand_watch(struct errand *errand)
{
	const struct timeval patience = {.tv_sec = CAP_NOTICE_MS / 1000};
	struct event *end = event_new(errand->courier->params.base, errand->child.fd,
		EV_READ | EV_TIMEOUT, errand_on_event, errand);

	if (!end || event_add(end, &patience) < 0) {
		if (end)
			event_free(end);
		return -ENOMEM;
	}
	errand->end = end;
	return 0;
}

/* --- what is told -------------------------------------------------------------------------- */

/* NULL in |words| where there is no memory; its target is one that was checked. */
static void errand_word_mail(
	const struct settings *settings, const struct notice *notice, struct errand_words *words)
{
	words->path = strdup(settings->sendmail);
	words->input = notice_mail(notice, settings->mail_from, time(NULL));
}

static void errand_word_hook(
	const struct settings *settings, const struct notice *notice, struct errand_words *words)
{
	char id[UUID_TEXT_LEN + 1];

	uuid_format(&notice->id, id);
	if (asprintf(&words->path, "%s/%s", settings->hook_dir, notice->target) < 0)
		words->path = NULL;
	words->input = notice_lines(notice);
	if (asprintf(&words->unit, "STAFETT_UNIT=%s", notice->unit) < 0)
		words->unit = NULL;
	if (asprintf(&words->count, "STAFETT_COUNT=%d", notice->count) < 0)
		words->count = NULL;
	if (asprintf(&words->notice, "STAFETT_NOTICE=%s", id) < 0)
		words->notice = NULL;
}

static int courier_send(struct errand *errand, const struct notice *notice)
{
	const struct settings *settings = errand->courier->params.settings;
	const char *const mail[] = {
		"sendmail", "-i", "-f", settings->mail_from, notice->target, NULL};
	const char *const hook[] = {notice->target, NULL};
	struct errand_words words = {.argv = notice->by_mail ? mail : hook};
	int r = -EINVAL;

	/* Whatever stands in the database: it names no file and no option. */
	if (notice->by_mail && *settings->mail_from && notice_is_address(notice->target))
		errand_word_mail(settings, notice, &words);
	else if (!notice->by_mail && notice_is_hook(notice->target))
		errand_word_hook(settings, notice, &words);
	if (words.path && words.input)
		r = errand_start(errand, &words);
	free(words.path);
	free(words.input);
	free(words.unit);
	free(words.count);
	free(words.notice);
	return r;
}

static struct errand *courier_free_place(struct courier *courier)
{
	for (int i = 0; i < CAP_NOTICES; i++)
		if (!child_is_some(&courier->errands[i].child))
			return &courier->errands[i];
	return NULL;
}

void courier_tell(struct courier *courier, const struct notice *notice)
{
	struct errand *errand = courier_free_place(courier);
	int r;

	if (!errand) {
		courier->params.ended(courier->params.arg, &notice->id, false);
		return;
	}
	errand->notice = notice->id;
	errand->means = notice->by_mail ? "mail" : "hook";
	r = courier_send(errand, notice);
	if (!r) {
		r = errand_watch(errand);
		if (r) { /* nobody would see its end */
			errand_kill(errand);
			close(errand->child.fd);
		}
	}
	if (!r)
		return;
	log_warn("a unit cannot be told of its alarms: the setting for it, or its own words",
		LOG_S("unit", notice->unit), LOG_S("means", errand->means),
		LOG_S("error", strerror(-r)));
	errand_finish(errand, false);
}

/* --- life --------------------------------------------------------------------------------- */

struct courier *courier_new(const struct courier_params *params)
{
	struct courier *courier = calloc(1, sizeof(*courier));

	if (!courier)
		return NULL;
	courier->params = *params;
	for (int i = 0; i < CAP_NOTICES; i++)
		courier->errands[i] = (struct errand){.courier = courier, .child = CHILD_NONE};
	return courier;
}

struct courier *courier_free(struct courier *courier)
{
	if (!courier)
		return NULL;
	for (int i = 0; i < CAP_NOTICES; i++) {
		struct errand *errand = &courier->errands[i];

		if (errand->end)
			event_free(errand->end);
		if (child_is_some(&errand->child)) {
			errand_kill(errand);
			close(errand->child.fd);
		}
	}
	free(courier);
	return NULL;
}

int courier_room(const struct courier *courier)
{
	int room = 0;

	for (int i = 0; i < CAP_NOTICES && !courier->hurries; i++)
		room += !child_is_some(&courier->errands[i].child);
	return room;
}

void courier_hurry(struct courier *courier)
{
	const struct timeval patience = {.tv_sec = COURIER_HURRY_S};

	courier->hurries = true;
	for (int i = 0; i < CAP_NOTICES; i++)
		if (courier->errands[i].end)
			event_add(courier->errands[i].end, &patience);
}

bool courier_is_idle(const struct courier *courier)
{
	for (int i = 0; i < CAP_NOTICES; i++)
		if (child_is_some(&courier->errands[i].child))
			return false;
	return true;
}
