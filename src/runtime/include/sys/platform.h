/* Names of types and macros that programs written for the modelled system expect. */
#ifndef MEMSIM_SYS_PLATFORM_H
#define MEMSIM_SYS_PLATFORM_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef int8_t _Int8t;
typedef uint8_t _Uint8t;
typedef int16_t _Int16t;
typedef uint16_t _Uint16t;
typedef int32_t _Int32t;
typedef uint32_t _Uint32t;
typedef int64_t _Int64t;
typedef uint64_t _Uint64t;
typedef intptr_t _Intptrt;
typedef uintptr_t _Uintptrt;

/* An array of any length at the end of a structure, or alone in one. */
#define __FLEXARY(__type, __ident) __type __ident[0]

/* Of the machines that scenarios have unless they say otherwise; sysconf(_SC_PAGESIZE) asks. */
#ifndef __PAGESIZE
#define __PAGESIZE 4096
#endif

#ifdef __cplusplus
#define __MEMSIM_BEGIN extern "C" {
#define __MEMSIM_END }
#define __MEMSIM_SIZE_IS(type, bytes) static_assert(sizeof(type) == (bytes), "the layout of " #type)
#define __MEMSIM_FIELD_AT(type, field, at) static_assert(offsetof(type, field) == (at), "the layout of " #type)
#else
#define __MEMSIM_BEGIN
#define __MEMSIM_END
#define __MEMSIM_SIZE_IS(type, bytes) _Static_assert(sizeof(type) == (bytes), "the layout of " #type)
#define __MEMSIM_FIELD_AT(type, field, at) _Static_assert(offsetof(type, field) == (at), "the layout of " #type)
#endif

#endif
