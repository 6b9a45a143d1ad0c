/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log: one line an event in logfmt on standard error, for people with grep
 * and for journald. Who stops an error logs it, once. Values are escaped, so no
 * peer can forge a line. Ids may be logged; contents, personal data and key
 * material never.
 *
 *     log_warn("handshake refused", LOG_S("peer", addr), LOG_S("cause", why));
 *     -> level=warn pid=812 msg="handshake refused" peer=127.0.0.1:4711 cause="..."
 *
 * The sink is the one mutable global of the program: it is set once at start.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

/* One field: a key and a string or a number. */
struct log_field {
	const char *key;
	const char *text; /* NULL: the number counts; "" is written as "" */
	int64_t number;
};

#define LOG_S(k, v) log_field_of_text(k, v)
#define LOG_I(k, v) ((struct log_field){.key = (k), .number = (int64_t)(v)})

/* |text| may be NULL, and may be an array: hence no macro that tests it. */
static inline struct log_field log_field_of_text(const char *key, const char *text)
{
	return (struct log_field){.key = key, .text = text ? text : "-"};
}

/* Who reads the lines. */
enum log_style {
	LOG_STYLE_PLAIN,   /* a terminal or a file: time=... comes first */
	LOG_STYLE_JOURNAL, /* journald: it knows the time; "<6>" tells it the priority */
};

/* Lines below |level| are dropped. */
void log_init(enum log_level level, enum log_style style);
/* The same for another level, the style stays. */
void log_set_level(enum log_level level);
/* The level that |name| ("debug", "info", "warn", "error") means, or -1. */
int log_level_from_name(const char *name);
/* Whether a line of |level| would be written. */
bool log_would(enum log_level level);
/* Writes one line with one write(2); |fields| has |n| entries. Keeps errno. Of
 * warnings, which peers can cause, only LOG_BURST of a kind (the same |msg|) are
 * written in a second; how many were not, the next one says. */
enum { LOG_BURST = 50 };
void log_write(enum log_level level, const char *msg, const struct log_field *fields, int n);

/* Says of each kind that has been quiet for a second how many lines were kept back.
 * For a timer. */
void log_tell_suppressed(void);

#define LOG_FIELDS_(...)                         \
	(const struct log_field[]){__VA_ARGS__}, \
		(int)(sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))
/* What a line that is not written would say is not even asked for. */
#define LOG_AT_(level, msg, ...)                                         \
	do {                                                             \
		if (log_would(level))                                    \
			log_write(level, msg, LOG_FIELDS_(__VA_ARGS__)); \
	} while (0)
#define log_debug(msg, ...) LOG_AT_(LOG_LEVEL_DEBUG, msg, __VA_ARGS__)
#define log_info(msg, ...)  LOG_AT_(LOG_LEVEL_INFO, msg, __VA_ARGS__)
#define log_warn(msg, ...)  LOG_AT_(LOG_LEVEL_WARN, msg, __VA_ARGS__)
#define log_error(msg, ...) LOG_AT_(LOG_LEVEL_ERROR, msg, __VA_ARGS__)

#endif
