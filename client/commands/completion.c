/* SPDX-License-Identifier: Apache-2.0 */
/* stafett completion bash|zsh: a small script for the shell, which asks this
 * program for the words ("stafett completion words -- WORD ..."). */
#include <stdio.h>

#include "client/client.h"
#include "client/complete.h"
#include "client/text.h"

static const char completion_bash[] = /* for bash 4.4 and newer */
	"# bash: . <(stafett completion bash)\n"
	"_stafett() {\n"
	"\tmapfile -t COMPREPLY < <(\"$1\" completion words -- "
	"\"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null)\n"
	"\tif [[ ${COMPREPLY[0]-} == '" COMPLETE_FILES "' ]]; then\n"
	"\t\tCOMPREPLY=()\n"
	"\t\tcompopt -o default\n"
	"\tfi\n"
	"}\n"
	"complete -F _stafett stafett\n";

static const char completion_zsh[] = "#compdef stafett\n"
				     "# zsh: . <(stafett completion zsh), after compinit\n"
				     "_stafett() {\n"
				     "\tlocal -a found\n"
				     "\tfound=(${(f)\"$(\"${words[1]}\" completion words -- "
				     "\"${(@)words[2,CURRENT]}\" 2>/dev/null)\"})\n"
				     "\tif [[ ${found[1]} == '" COMPLETE_FILES "' ]]; then\n"
				     "\t\t_files\n"
				     "\telse\n"
				     "\t\tcompadd -a found\n"
				     "\tfi\n"
				     "}\n"
				     "if [[ ${funcstack[1]} == _stafett ]]; then\n"
				     "\t_stafett \"$@\"\n"
				     "else\n"
				     "\tcompdef _stafett stafett\n"
				     "fi\n";

int command_completion(struct client *client, const struct arguments *arguments)
{
	bool asks_words = arguments->n_rest > 1 && strcmp(arguments->rest[0], "words") == 0;
	size_t most = asks_words ? arguments->n_rest : 1;
	int r = arguments_count(client, arguments, 1, most, _("which shell, bash or zsh"));
	const char *what;

	if (r)
		return r;
	what = arguments->rest[0];
	if (asks_words)
		complete_print(client, arguments->rest + 1, arguments->n_rest - 1);
	else if (strcmp(what, "bash") == 0)
		fputs(completion_bash, stdout);
	else if (strcmp(what, "zsh") == 0)
		fputs(completion_zsh, stdout);
	else
		return client_problem(client, PROBLEM_SHELL_UNKNOWN, "value", what, NULL);
	return 0;
}
