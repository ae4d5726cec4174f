/* The C library's. Of its calls sched_yield() reaches a simulated thread; priorities are those of <pthread.h>. */
#ifndef MEMSIM_SCHED_H
#define MEMSIM_SCHED_H

#include_next <sched.h>

#endif
