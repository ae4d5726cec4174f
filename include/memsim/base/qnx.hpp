// The numbers of the modelled system: message types, flags, pulse codes, sizes. Each stands here once; the call table
// gives the names that scenarios use, and the memory manager, the codecs, the views and the tests read the same
// constants.
//
// Source: the headers of the 7.1 and 8.0 releases (<sys/memmsg.h>, <sys/mman.h>, <sys/neutrino.h>, <fcntl.h>).
#pragma once

#include <cstddef>
#include <cstdint>

#include <memsim/base/units.hpp>

namespace memsim::qnx {

// --- messages

inline constexpr std::uint16_t kMemmgrTypeFirst = 0x40;  // _MEMMGR_BASE
inline constexpr std::uint16_t kMemmgrTypeLast = 0x6f;   // _MEMMGR_MAX
inline constexpr std::uint16_t kMemInfoType = 0x42;      // _MEM_INFO
inline constexpr std::uint16_t kMemPmemAddType = 0x46;   // _MEM_PMEM_ADD
inline constexpr std::uint16_t kMemObjInfoType = 0x4a;   // _MEM_OBJ_INFO
inline constexpr std::uint16_t kUserType = 0x100;        // _IO_BASE: what a program's own messages have unless they say

inline constexpr std::size_t kTypeBytes = 2;                // every message begins with its type, a u16
inline constexpr std::size_t kMemObjInfoRequestBytes = 24;  // sizeof(mem_obj_info_t)
inline constexpr std::size_t kSegmentBytes = 24;            // of a _MEM_OBJ_INFO reply
// sizeof(struct posix_typed_mem_info) with its reserved words, as a round figure: the header was not available.
inline constexpr std::size_t kMemInfoReplyBytes = 16;
// The largest message, either way. Longer ones are refused with EOVERFLOW.
inline constexpr Bytes kMaxMessage{std::uint64_t{1} << 32};

// ChannelCreate()
inline constexpr std::uint32_t kChannelFixedPriority = 0x1;  // _NTO_CHF_*
inline constexpr std::uint32_t kChannelUnblock = 0x2;
inline constexpr std::uint32_t kChannelThreadDeath = 0x4;
inline constexpr std::uint32_t kChannelDisconnect = 0x8;
inline constexpr std::uint32_t kChannelSenderLen = 0x20;
inline constexpr std::uint32_t kChannelCoidDisconnect = 0x40;
inline constexpr std::uint32_t kChannelReplyLen = 0x80;

// Pulse codes that the kernel itself sends, and the last that a program may.
inline constexpr std::int32_t kPulseUnblock = -32;
inline constexpr std::int32_t kPulseDisconnect = -33;
inline constexpr std::int32_t kPulseThreadDeath = -34;
inline constexpr std::int32_t kPulseCoidDeath = -35;
inline constexpr std::int32_t kPulseLastUserCode = 127;
inline constexpr std::size_t kPulseBytes = 16;  // sizeof(struct _pulse), which has at least this in every release

inline constexpr std::int32_t kNoChannel = -1;  // MsgReceive() on it leaves the channel received on last

// TimerSettime(): the time is one of the clock, not from now on.
inline constexpr std::int64_t kTimerAbsolute = 0x1;  // TIMER_ABSTIME

// --- memory

inline constexpr std::int64_t kNoFd = -1;  // NOFD

// oflag of shm_open() and posix_typed_mem_open()
inline constexpr std::uint64_t kReadOnly = 0x0;
inline constexpr std::uint64_t kWriteOnly = 0x1;
inline constexpr std::uint64_t kReadWrite = 0x2;
inline constexpr std::uint64_t kAccessModeMask = 0x3;
inline constexpr std::uint64_t kOpenCreate = 0x100;
inline constexpr std::uint64_t kOpenTruncate = 0x200;
inline constexpr std::uint64_t kOpenExclusive = 0x400;
// lseek()
enum Whence : std::int64_t { kSeekSet, kSeekCurrent, kSeekEnd };

// shm_ctl()
inline constexpr std::uint64_t kCtlAnon = 0x1;
inline constexpr std::uint64_t kCtlPhys = 0x2;
inline constexpr std::uint64_t kCtlSeal = 0x4;
inline constexpr std::uint64_t kCtlRevocable = 0x8;
inline constexpr std::uint64_t kCtlGlobal = 0x10;
inline constexpr std::uint64_t kCtlPriv = 0x20;
inline constexpr std::uint64_t kCtlLowerProt = 0x40;
inline constexpr std::uint64_t kCtlLazyWrite = 0x80;
inline constexpr std::uint64_t kCtlHighUsage = 0x200;
inline constexpr std::uint64_t kCtlLazy = 0x400;
inline constexpr std::uint64_t kCtlRepeat = 0x800;
inline constexpr std::uint64_t kCtlNoDefrag = 0x1000;
inline constexpr std::uint64_t kCtlTypedMemory = 0x2000;
inline constexpr std::uint64_t kCtlGetFlags = 0x4000;
inline constexpr std::uint64_t kCtlHasSpecial = 0x8000;  // never given by a caller
// Everything a caller may give: all bits of the releases' tables but the withdrawn 0x100 and the internal 0x8000.
inline constexpr std::uint64_t kCtlKnown = 0x7eff;
// What decides how the object gets its memory; a later call must repeat it.
inline constexpr std::uint64_t kCtlPrimary = kCtlAnon | kCtlPhys | kCtlLazy | kCtlTypedMemory;

// Flags of 6.x whose bits mean something else since, or nothing. Their names stand for bits of memsim's own, so that a
// name means one thing; what the bare bits mean is for `semantics.flags_of_6x` to say.
inline constexpr std::uint64_t kCtlIsaDma = std::uint64_t{1} << 32;
inline constexpr std::uint64_t kCtlIsaDma6x = 0x4;
inline constexpr std::uint64_t kCtlNoX64k = std::uint64_t{1} << 33;
inline constexpr std::uint64_t kCtlNoX64k6x = 0x100;
inline constexpr std::uint64_t kMapNoX64k = std::uint64_t{1} << 32;
inline constexpr std::uint64_t kMapNoX64k6x = 0x20000;
inline constexpr std::uint64_t kMapBelow16M = std::uint64_t{1} << 33;
inline constexpr std::uint64_t kMapBelow16M6x = 0x40000;
inline constexpr Bytes kIsaDmaBoundary{0x1'0000};
inline constexpr PhysAddr kIsaDmaEnd{0x100'0000};

// mmap()
inline constexpr std::uint64_t kProtNone = 0x0;
inline constexpr std::uint64_t kProtRead = 0x100;
inline constexpr std::uint64_t kProtWrite = 0x200;
inline constexpr std::uint64_t kProtExec = 0x400;
inline constexpr std::uint64_t kProtNoCache = 0x800;
inline constexpr std::uint64_t kProtKnown = 0xf00;
inline constexpr std::uint64_t kProtAccess = 0x700;  // read, write, execute: without any, no reference is allowed
inline constexpr std::uint64_t kMapShared = 0x1;
inline constexpr std::uint64_t kMapPrivate = 0x2;
inline constexpr std::uint64_t kMapFixed = 0x10;
inline constexpr std::uint64_t kMapLazy = 0x80;
inline constexpr std::uint64_t kMapStack = 0x1000;
inline constexpr std::uint64_t kMapBelow = 0x2000;
inline constexpr std::uint64_t kMapNoInit = 0x4000;
inline constexpr std::uint64_t kMapPhys = 0x10000;
inline constexpr std::uint64_t kMapNoInherit = 0x20000;
inline constexpr std::uint64_t kMapAnon = 0x80000;
// The above and the hint ELF; the hints change nothing here.
inline constexpr std::uint64_t kMapKnown = 0xb70b3;

// mlockall()
inline constexpr std::int64_t kLockCurrent = 0x1;  // MCL_CURRENT
inline constexpr std::int64_t kLockFuture = 0x2;   // MCL_FUTURE

// tflag of posix_typed_mem_open()
inline constexpr std::uint64_t kTypedDirect = 0;
inline constexpr std::uint64_t kTypedAllocate = 1;        // POSIX_TYPED_MEM_ALLOCATE
inline constexpr std::uint64_t kTypedAllocateContig = 2;  // POSIX_TYPED_MEM_ALLOCATE_CONTIG
inline constexpr std::uint64_t kTypedMapAllocatable = 4;  // POSIX_TYPED_MEM_MAP_ALLOCATABLE

// The end of physical addressing: 52 bits, the most that x86-64 and AArch64 have.
inline constexpr PhysAddr kPhysicalEnd{std::uint64_t{1} << 52};
// NAME_MAX.
inline constexpr std::size_t kNameMax = 255;

}  // namespace memsim::qnx
