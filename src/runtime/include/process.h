/* Processes of the scenario. */
#ifndef MEMSIM_PROCESS_H
#define MEMSIM_PROCESS_H

#include <sys/platform.h>
#include <unistd.h>

__MEMSIM_BEGIN

/* Starts another process of the scenario, which may be one that is there for this alone (`start: never`). Gives its
   pid. */
int spawn_process(const char *name);
unsigned delay(unsigned milliseconds);

__MEMSIM_END

#endif
