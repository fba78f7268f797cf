/* Preloaded in guests with virtual time: whoever yields the processor sleeps for a microsecond instead.
 *
 * Kernels before 6.18 let a thread that yields go on if by their count it has had less time than the others.
 * Where computing takes no time that count stands still, and a thread that waits for another one by yielding
 * (the JVM does, when two threads load classes) would wait for ever.
 */
#include <time.h>

int sched_yield(void)
{
	struct timespec moment = {0, 1000};
	nanosleep(&moment, 0);
	return 0;
}
