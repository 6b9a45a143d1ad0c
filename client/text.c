/* SPDX-License-Identifier: Apache-2.0 */
/* The user's language: see the header. */
#include "client/text.h"

#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* The build says where it installs translations. */
#ifndef LOCALE_DIR
#define LOCALE_DIR "/usr/share/locale"
#endif

/* The language that the environment asks for; NULL for none. */
static const char *text_wanted(void)
{
	static const char *const names[] = {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return value;
	}
	return NULL;
}

/* A system without the user's locale can still speak the user's language: we
 * need the catalogue only, and UTF-8. */
static void text_set_locale(void)
{
	const char *wanted = text_wanted();

	if (setlocale(LC_ALL, "")) {
		if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
			setlocale(LC_CTYPE, "C.UTF-8");
	} else {
		setlocale(LC_ALL, "C.UTF-8");
		if (wanted)
			setenv("LANGUAGE", wanted, 1);
	}
	setlocale(LC_NUMERIC, "C");
}

/* A program that was built and not installed has its catalogues beside itself. */
static void text_bind(const char *domain)
{
	char path[PATH_MAX + sizeof("/po")];
	ssize_t len = readlink("/proc/self/exe", path, PATH_MAX);
	char *slash;

	path[len > 0 ? len : 0] = '\0';
	slash = strrchr(path, '/');
	if (slash) {
		strcpy(slash, "/po");
		if (access(path, R_OK | X_OK) == 0) {
			bindtextdomain(domain, path);
			return;
		}
	}
	bindtextdomain(domain, LOCALE_DIR);
}

void text_begin(void)
{
	text_set_locale();
	text_bind("stafett");
	bind_textdomain_codeset("stafett", "UTF-8");
	textdomain("stafett");
}

enum codes_language text_language(void)
{
	/* TRANSLATORS: the code of your language: sv. */
	return strcmp(_("en"), "sv") == 0 ? CODES_SWEDISH : CODES_ENGLISH;
}

enum text_answer text_answer(const char *typed)
{
	static const struct {
		const char *word;
		enum text_answer answer;
	} words[] = {
		{"y", TEXT_YES},
		{"yes", TEXT_YES},
		{"j", TEXT_YES},
		{"ja", TEXT_YES},
		{"n", TEXT_NO},
		{"no", TEXT_NO},
		{"nej", TEXT_NO},
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcasecmp(words[i].word, typed) == 0)
			return words[i].answer;
	}
	return TEXT_UNCLEAR;
}
