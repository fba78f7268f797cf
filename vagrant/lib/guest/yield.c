/* Preloaded in guests with virtual time: whoever yields the processor, or polls again and again, sleeps for a microsecond.
 *
 * Kernels before 6.18 let a thread that yields go on if by their count it has had less time than the others.
 * Where computing takes no time that count stands still, and a thread that waits for another one by yielding
 * (the JVM does, when two threads load classes) would wait for ever; so would one that asks for descriptors which
 * are ready until another thread has seen to them (charon's watcher).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <poll.h>
#include <stddef.h>
#include <time.h>

enum { POLLS_IN_A_ROW = 64 };

static void sleep_a_moment(void)
{
	struct timespec moment = {0, 1000};
	nanosleep(&moment, NULL);
}

int sched_yield(void)
{
	sleep_a_moment();
	return 0;
}

int poll(struct pollfd *descriptors, nfds_t count, int timeout)
{
	static int (*real)(struct pollfd *, nfds_t, int);
	static __thread int polls;
	if (real == NULL)
		real = (int (*)(struct pollfd *, nfds_t, int))dlsym(RTLD_NEXT, "poll");
	if (++polls % POLLS_IN_A_ROW == 0)
		sleep_a_moment();
	return real(descriptors, count, timeout);
}
