/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A load with a memory: N callers who send, add, acknowledge, accept, repeat and
 * read, and write down each question and each answer for checker.py.
 *
 *   callers --server PORT... --ca FILE --history FILE
 *           --actor UNIT,MEMBER,CERTIFICATE,KEY...
 *           [--callers N] [--chains N] [--fresh %] [--hot %]
 *           [--operations N] [--deadline MS] [--seed N]
 *
 * Ends when that many writes were answered, or at the end of standard input;
 * before that, each caller learns what became of its last write. Says "answered
 * N" now and then, and "over" last. Exit 1: some write was given up.
 */
#include <getopt.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "caller.h"

enum { CALLERS_MAX = 1024, CALLERS_HISTORY_BUFFER = 1 << 20, CALLERS_STACK = 512 * 1024 };

struct options {
	const char *ca, *history;
	long callers, seed;
	struct table_params table;
};

static void *callers_thread(void *arg)
{
	caller_work(arg);
	return NULL;
}

/* --- the command line ----------------------------------------------------------------- */

_Noreturn static void callers_usage(void)
{
	fputs("usage: callers --server PORT... --ca FILE --history FILE\n"
	      "               --actor UNIT,MEMBER,CERTIFICATE,KEY... [--callers N]\n"
	      "               [--chains N] [--fresh %] [--hot %] [--operations N]\n"
	      "               [--deadline MS] [--seed N]\n",
		stderr);
	exit(2);
}

static void callers_add_actor(struct run *run, char *text)
{
	struct actor *actor = &run->actors[run->n_actors++];

	if (run->n_actors > CALLER_ACTORS_MAX)
		callers_usage();
	actor->unit = strsep(&text, ",");
	actor->member = strsep(&text, ",");
	actor->certificate = strsep(&text, ",");
	actor->key = strsep(&text, ",");
	if (!actor->key)
		callers_usage();
}

static void callers_take_option(struct run *run, struct options *options, int name, char *value)
{
	switch (name) {
	case 's':
		if (run->n_servers == CALLER_SERVERS_MAX)
			callers_usage();
		run->servers[run->n_servers++] = value;
		break;
	case 'a':
		callers_add_actor(run, value);
		break;
	case 'A':
		options->ca = value;
		break;
	case 'h':
		options->history = value;
		break;
	case 'n':
		options->callers = atol(value);
		break;
	case 'c':
		options->table.chains = atoi(value);
		break;
	case 'f':
		options->table.fresh = atoi(value);
		break;
	case 'H':
		options->table.hot = atoi(value);
		break;
	case 'o':
		run->operations = atol(value);
		break;
	case 'd':
		run->deadline_ms = atol(value);
		break;
	case 'S':
		options->seed = atol(value);
		break;
	default:
		callers_usage();
	}
}

static void callers_read_options(int argc, char **argv, struct run *run, struct options *options)
{
	static const struct option names[] = {{"server", 1, NULL, 's'}, {"actor", 1, NULL, 'a'},
		{"ca", 1, NULL, 'A'}, {"history", 1, NULL, 'h'}, {"callers", 1, NULL, 'n'},
		{"chains", 1, NULL, 'c'}, {"fresh", 1, NULL, 'f'}, {"hot", 1, NULL, 'H'},
		{"operations", 1, NULL, 'o'}, {"deadline", 1, NULL, 'd'}, {"seed", 1, NULL, 'S'},
		{NULL, 0, NULL, 0}};
	int name;

	while ((name = getopt_long(argc, argv, "", names, NULL)) >= 0)
		callers_take_option(run, options, name, optarg);
	if (!run->n_servers || run->n_actors < 2 || !options->ca || !options->history ||
		options->callers < 1 || options->callers > CALLERS_MAX || options->table.chains < 1)
		callers_usage();
	options->table.actors = run->n_actors;
}

/* --- start and end ---------------------------------------------------------------------- */

static void callers_open(struct run *run, const struct options *options)
{
	for (int i = 0; i < run->n_actors; i++) {
		const struct tls_files files = {
			options->ca, run->actors[i].certificate, run->actors[i].key};
		struct net_detail detail = {""};

		if (tls_context_new(&files, &run->tls[i], &detail)) {
			fprintf(stderr, "callers: %s\n", detail.text);
			exit(2);
		}
	}
	run->table = table_new(&options->table);
	run->history = fopen(options->history, "w");
	if (!run->history) {
		perror(options->history);
		exit(2);
	}
	(void)setvbuf(run->history, NULL, _IOFBF, CALLERS_HISTORY_BUFFER);
}

static void callers_close(struct run *run)
{
	for (int i = 0; i < run->n_actors; i++)
		SSL_CTX_free(run->tls[i]);
	table_free(run->table);
	if (fclose(run->history) != 0)
		abort();
}

/* Until standard input ends, or the callers have done what was asked. */
static void callers_wait(struct run *run)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
	char byte;

	while (!atomic_load(&run->over))
		if (poll(&input, 1, 50) > 0 && read(STDIN_FILENO, &byte, 1) <= 0)
			atomic_store(&run->over, true);
}

static void callers_run(struct run *run, const struct options *options)
{
	struct caller *callers = calloc((size_t)options->callers, sizeof(*callers));
	pthread_t *threads = calloc((size_t)options->callers, sizeof(*threads));
	pthread_attr_t attributes;

	if (!callers || !threads || pthread_attr_init(&attributes) != 0)
		abort();
	pthread_attr_setstacksize(&attributes, CALLERS_STACK);
	for (int i = 0; i < options->callers; i++) {
		callers[i] = (struct caller){.run = run,
			.actor = i % run->n_actors,
			.server = i % run->n_servers,
			.chance = (uint64_t)options->seed * CALLERS_MAX + (uint64_t)i};
		if (pthread_create(&threads[i], &attributes, callers_thread, &callers[i]) != 0)
			abort();
	}
	callers_wait(run);
	for (int i = 0; i < options->callers; i++)
		pthread_join(threads[i], NULL);
	pthread_attr_destroy(&attributes);
	free(threads);
	free(callers);
}

int main(int argc, char **argv)
{
	struct run run = {.deadline_ms = 15000};
	struct options options = {
		.callers = 1, .seed = 1, .table = {.chains = 256, .fresh = 40, .hot = 0}};
	long unresolved;

	callers_read_options(argc, argv, &run, &options);
	signal(SIGPIPE, SIG_IGN);
	callers_open(&run, &options);
	callers_run(&run, &options);
	callers_close(&run);
	unresolved = atomic_load(&run.unresolved);
	printf("answered %ld\nover\n", atomic_load(&run.answered));
	return unresolved ? EXIT_FAILURE : EXIT_SUCCESS;
}
