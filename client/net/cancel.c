/* SPDX-License-Identifier: Apache-2.0 */
/* Signals as something to poll: see the header. */
#include "client/net/cancel.h"

#include <errno.h>
#include <sys/signalfd.h>
#include <unistd.h>

int cancel_begin(struct cancel *ret_cancel)
{
	struct cancel cancel;
	sigset_t signals;
	int r;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &signals, &cancel.before) < 0)
		return -errno;
	cancel.fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
	if (cancel.fd < 0) {
		r = -errno;
		(void)sigprocmask(SIG_SETMASK, &cancel.before, NULL);
		return r;
	}
	*ret_cancel = cancel;
	return 0;
}

void cancel_end(struct cancel *cancel)
{
	close(cancel->fd);
	(void)sigprocmask(SIG_SETMASK, &cancel->before, NULL);
}
