/* As much of the system page as has a meaning here: how fast ClockCycles() counts. */
#ifndef MEMSIM_SYS_SYSPAGE_H
#define MEMSIM_SYS_SYSPAGE_H

#include <sys/platform.h>

struct qtime_entry {
  _Uint64t cycles_per_sec;
};

__MEMSIM_BEGIN
const struct qtime_entry *__memsim_qtime(void);
__MEMSIM_END

#define SYSPAGE_ENTRY(__entry) (__memsim_##__entry())

#endif
