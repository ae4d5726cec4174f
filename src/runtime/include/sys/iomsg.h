/* The range of message types that a program's own messages have. */
#ifndef MEMSIM_SYS_IOMSG_H
#define MEMSIM_SYS_IOMSG_H

#include <sys/neutrino.h>

#define _IO_BASE 0x100
#define _IO_MAX 0x1ff

#endif
