#include "harness.h"

#include "base/file.h"

#include <ftw.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

harness_test *harness_first, **harness_last = &harness_first;
int harness_failures;
static char folder[256];

void harness_fail(const char *file, int line, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	printf("# %s:%d: ", file, line);
	vprintf(format, args);
	printf("\n");
	va_end(args);
	harness_failures++;
}

static int remove_entry(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

static void remove_folder(void)
{
	nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

const char *harness_folder(void)
{
	if (!folder[0]) {
		const char *tmp = getenv("TMPDIR");
		snprintf(folder, sizeof folder, "%s/sportello-test-XXXXXX", tmp ? tmp : "/tmp");
		if (!mkdtemp(folder)) {
			perror(folder);
			exit(3);
		}
		atexit(remove_folder);
	}
	return folder;
}

const char *harness_subfolder(const char *name)
{
	static char path[512];
	snprintf(path, sizeof path, "%s/%s", harness_folder(), name);
	spi_mkdirs(path, NULL);
	return path;
}

void harness_write(const char *dir, const char *name, const char *text)
{
	char path[1024], parent[1024];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	snprintf(parent, sizeof parent, "%s", path);
	*strrchr(parent, '/') = '\0';
	spi_mkdirs(parent, NULL);
	FILE *file = fopen(path, "w");
	if (!file) {
		harness_fail(__FILE__, __LINE__, "cannot write %s", path);
		return;
	}
	fputs(text, file);
	fclose(file);
}

int main(int argc, char **argv)
{
	int number = 0, failed = 0;
	for (harness_test *test = harness_first; test; test = test->next) {
		if (argc > 1 && !strstr(test->name, argv[1]))
			continue;
		harness_failures = 0;
		test->run();
		failed += harness_failures > 0;
		printf("%sok %d - %s\n", harness_failures ? "not " : "", ++number, test->name);
		fflush(stdout);
	}
	printf("1..%d\n", number);
	return failed > 0 || number == 0;
}
