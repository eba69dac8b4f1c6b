// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures how long it takes until a file comes or goes after something was
 * asked for: a DAX device after an offer or a release, in sysfs.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Exit status besides 0 */
#define EXIT_TROUBLE	2

#define DEADLINE_S	20
/* how often it is looked at: little of what is measured, and rare enough to let it happen */
#define LOOK_NS		50000

static const char usage[] =
	"usage: daxtime PATH there|gone write FILE TEXT\n"
	"       daxtime PATH there|gone run COMMAND [ARGUMENT]...\n"
	"\n"
	"Writes TEXT to FILE, or runs COMMAND without its output, and prints how many\n"
	"microseconds it takes from before that until PATH is there, or gone. Exits with 2\n"
	"after 20 s, or if TEXT cannot be written or COMMAND fails.\n";

__attribute__((noreturn, format(printf, 1, 2)))
static void die(const char *format, ...)
{
	va_list args;

	fputs("daxtime: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(EXIT_TROUBLE);
}

static long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static void write_text(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die("%s: %s", file, strerror(errno));
	close(fd);
}

static pid_t run(char **command)
{
	pid_t pid = fork();

	if (pid < 0)
		die("%s", strerror(errno));
	if (pid)
		return pid;
	if (!freopen("/dev/null", "w", stdout))
		_exit(EXIT_TROUBLE);
	execvp(command[0], command);
	_exit(EXIT_TROUBLE);
}

/* Ends the program if @pid has failed, returns whether it has ended. */
static bool has_ended(pid_t pid, const char *command, int flags)
{
	int status;

	if (waitpid(pid, &status, flags) != pid)
		return false;
	if (status)
		die("%s failed", command);
	return true;
}

static void wait_for_path(const char *path, bool there, pid_t *pid, const char *command,
			  long long deadline)
{
	const struct timespec look = { .tv_nsec = LOOK_NS };

	while ((faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0) != there) {
		if (now_ns() > deadline)
			die("%s is not %s after %d s", path, there ? "there" : "gone", DEADLINE_S);
		if (*pid && has_ended(*pid, command, WNOHANG))
			*pid = 0;
		nanosleep(&look, NULL);
	}
}

int main(int argc, char **argv)
{
	long long start, end;
	pid_t pid = 0;
	bool there;

	if (argc < 5 || (strcmp(argv[2], "there") && strcmp(argv[2], "gone")) ||
	    (strcmp(argv[3], "run") && (strcmp(argv[3], "write") || argc != 6))) {
		fputs(usage, stderr);
		return EXIT_TROUBLE;
	}
	there = !strcmp(argv[2], "there");

	start = now_ns();
	if (!strcmp(argv[3], "write"))
		write_text(argv[4], argv[5]);
	else
		pid = run(&argv[4]);
	wait_for_path(argv[1], there, &pid, argv[4], start + DEADLINE_S * 1000000000LL);
	end = now_ns();

	if (pid)
		has_ended(pid, argv[4], 0);
	printf("%lld\n", (end - start) / 1000);
	return 0;
}
