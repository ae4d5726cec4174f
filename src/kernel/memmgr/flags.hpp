// Numbers of the modelled system's headers (7.1 and 8.0) that the memory manager reads. The call table gives their
// names.
#pragma once

#include <cstdint>

#include <memsim/base/units.hpp>

namespace memsim::memmgr {

// oflag of shm_open() and posix_typed_mem_open()
inline constexpr std::uint64_t kAccessModeMask = 0x3;
inline constexpr std::uint64_t kOpenCreate = 0x100;
inline constexpr std::uint64_t kOpenTruncate = 0x200;
inline constexpr std::uint64_t kOpenExclusive = 0x400;

// shm_ctl()
inline constexpr std::uint64_t kCtlAnon = 0x1;
inline constexpr std::uint64_t kCtlPhys = 0x2;
inline constexpr std::uint64_t kCtlSeal = 0x4;
inline constexpr std::uint64_t kCtlGlobal = 0x10;
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

// mmap()
inline constexpr std::uint64_t kProtRead = 0x100;
inline constexpr std::uint64_t kProtWrite = 0x200;
inline constexpr std::uint64_t kProtKnown = 0xf00;
inline constexpr std::uint64_t kProtAccess = 0x700;  // read, write, execute: without any, no reference is allowed
inline constexpr std::uint64_t kMapShared = 0x1;
inline constexpr std::uint64_t kMapPrivate = 0x2;
inline constexpr std::uint64_t kMapFixed = 0x10;
inline constexpr std::uint64_t kMapLazy = 0x80;
inline constexpr std::uint64_t kMapPhys = 0x10000;
inline constexpr std::uint64_t kMapAnon = 0x80000;
// The above, and the hints ELF, STACK, BELOW, NOINIT and NOINHERIT, which change nothing here.
inline constexpr std::uint64_t kMapKnown = 0xb70b3;

inline constexpr std::int64_t kNoFd = -1;

// The end of physical addressing: 52 bits, the most that x86-64 and AArch64 have.
inline constexpr PhysAddr kPhysicalEnd{std::uint64_t{1} << 52};
// NAME_MAX.
inline constexpr std::size_t kNameMax = 255;

}  // namespace memsim::memmgr
