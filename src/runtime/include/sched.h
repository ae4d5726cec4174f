/* The C library's; its calls that change priorities are the host's and reach no simulated thread. */
#ifndef MEMSIM_SCHED_H
#define MEMSIM_SCHED_H

#include_next <sched.h>

#endif
