/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a fuzz target over files, or over all files of folders, without a fuzzer:
 * so that what a fuzzer has found once is tried with every compiler and on every
 * run of the tests. No input at all is an error.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_BYTES = 1 << 21 };

/* Gives how many inputs were run: one. */
static int replay_file(const char *path)
{
	uint8_t *data = malloc(INPUT_BYTES);
	FILE *f = fopen(path, "re");
	size_t size;

	if (!data || !f) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	size = fread(data, 1, INPUT_BYTES, f);
	fclose(f);
	/* To the byte, so that the sanitizer sees a read behind the end. */
	data = realloc(data, size ? size : 1);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	return 1;
}

/* Gives how many inputs were run; none where |path| is no folder. */
static int replay_folder(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	int n = 0;

	if (!folder)
		return 0;
	while ((entry = readdir(folder)) != NULL) {
		char file[4096];

		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		if (entry->d_name[0] != '.')
			n += replay_file(file);
	}
	closedir(folder);
	return n;
}

int main(int argc, char **argv)
{
	int n = 0;

	for (int i = 1; i < argc; i++) {
		int of_folder = replay_folder(argv[i]);

		n += of_folder ? of_folder : replay_file(argv[i]);
	}
	printf("%d inputs\n", n);
	return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
