/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The master: owns the listening socket, keeps the private database if there is
 * one, and supervises a crew of workers, a clerk and a teller. It speaks neither TLS
 * nor SQL.
 *
 *   starting -> running -> draining -> stopping
 *
 * SIGTERM and SIGINT drain; a second one ends the children at once. SIGHUP puts a
 * new crew with new settings in the place of the old one, SIGUSR2 a new program in
 * its own place (renewal.c).
 */
#ifndef PROCESS_MASTER_H
#define PROCESS_MASTER_H

#include "base/settings.h"
#include "stafett/base.h"

struct master_params {
	char *const *argv; /* as this program was started; NULL-terminated */
	int folder_fd;	   /* where; what it names is relative to it */
	/* Reads the settings anew; as settings_read. */
	int (*read_settings)(void *arg, struct settings **ret_settings, char **ret_error);
	void *arg;
};

/* Runs the daemon with |settings|, which it takes over, until its end; gives the
 * exit status. */
int master_run(const struct master_params *params, struct settings *settings);

#endif
