/* The C library's, and what the modelled system has there besides. */
#ifndef MEMSIM_UNISTD_H
#define MEMSIM_UNISTD_H

#include_next <unistd.h>

#ifdef __cplusplus
extern "C" {
#endif
unsigned delay(unsigned milliseconds);
#ifdef __cplusplus
}
#endif

#endif
