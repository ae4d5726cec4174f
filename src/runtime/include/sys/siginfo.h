/* Events: the C library's structure, and what the modelled system tells in one. */
#ifndef MEMSIM_SYS_SIGINFO_H
#define MEMSIM_SYS_SIGINFO_H

#include <signal.h>

/* sigev_notify. The numbers are memsim's: those of the modelled system have other meanings in the C library. */
#define SIGEV_PULSE 0x104
#define SIGEV_INTR 0x106

#define sigev_coid sigev_signo
#define sigev_code _sigev_un._pad[0]
#define sigev_priority _sigev_un._pad[1]

#define SIGEV_PULSE_PRIO_INHERIT (-1)

#define SIGEV_NONE_INIT(__event) ((__event)->sigev_notify = SIGEV_NONE)
#define SIGEV_INTR_INIT(__event) ((__event)->sigev_notify = SIGEV_INTR)
#define SIGEV_PULSE_INIT(__event, __coid, __priority, __code, __value)                                                \
  ((__event)->sigev_notify = SIGEV_PULSE, (__event)->sigev_coid = (__coid), (__event)->sigev_priority = (__priority), \
   (__event)->sigev_code = (__code), (__event)->sigev_value.sival_ptr = (void *)(__INTPTR_TYPE__)(__value))
#define SIGEV_PULSE_INT_INIT SIGEV_PULSE_INIT
#define SIGEV_PULSE_PTR_INIT SIGEV_PULSE_INIT

#endif
