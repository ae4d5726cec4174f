/* The C library's, and the modelled system's name for success. */
#ifndef MEMSIM_ERRNO_H
#define MEMSIM_ERRNO_H

#include_next <errno.h>

#define EOK 0

#endif
