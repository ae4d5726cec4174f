// The link between memsim and a program of the host that is a simulated process: what both sides lay their hands on.
//
// They share a file in memory, of a slot for each thread of the program. They run in lock step: one of them goes on
// only while the other stands still, and of a program's threads one at a time.
//
//   1. A thread writes what it asks into its slot, gives the turn to memsim, and waits until it has it back.
//   2. memsim reads the request, lets simulated time pass, writes the reply, and gives the turn back; to this thread or
//      to another that stands still.
//
// A program's first thread has the first slot. For another it has memsim open a slot (open_lane), starts a thread that
// stands still there with the question `begin`, and then asks for a simulated thread (ThreadCreate), which answers it.
// A thread's last question, thread_end, is not answered.
//
// Whoever waits sleeps in a futex on `turn`; both use one processor, so looking at it would only keep the other from
// going on. While a thread has the turn, it is a robust futex of that thread: the kernel of the host tells memsim when
// the thread ends with it. memsim looks now and then besides, since a thread need not have said that.
//
// The slots are all that memsim believes of a program, and it believes none of them: each field is read once, and then
// looked at. The runtime library (src/runtime) is the program's side, the floor `programs` memsim's.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace memsim::link {

inline constexpr std::uint32_t kMagic = 0x4d4d5350;
inline constexpr std::uint32_t kVersion = 4;  // of all that stands here and of the table of calls

// Descriptors of the host that a program finds open when it begins.
inline constexpr int kMemory = 3;  // the contents of the simulated machine's memory, by physical address
inline constexpr int kSlot = 4;    // in every version, so that a program of another finds that out

// What Slot::turn says, in the bits that the kernel of the host knows.
inline constexpr std::uint32_t kSimulatorsTurn = 0;
inline constexpr std::uint32_t kProgramsTurn = 0x8000'0000;  // and the host's number of the thread: FUTEX_WAITERS
inline constexpr std::uint32_t kDiedInTurn = 0x4000'0000;    // FUTEX_OWNER_DIED
inline constexpr std::uint32_t kThreadOfTurn = 0x3fff'ffff;  // FUTEX_TID_MASK

inline constexpr std::size_t kArguments = 8;
inline constexpr std::size_t kResults = 12;
inline constexpr std::size_t kTextBytes = 1024;  // of a name that a call takes
inline constexpr std::size_t kChanges = 1024;    // at once
inline constexpr std::size_t kLanes = 64;        // slots: threads that a program has at once
// The longest contents of a message. Longer ones are refused with EMSGSIZE.
inline constexpr std::size_t kWindowBytes = std::size_t{16} << 20;

struct Request {
  std::uint32_t call = 0;        // its place in the table of calls
  std::uint32_t text_bytes = 0;  // of `text`
  std::uint64_t bytes = 0;       // of the window
  std::int64_t arguments[kArguments] = {};
};

struct Reply {
  enum Kind : std::uint32_t {
    result,   // of the call
    changes,  // of what the program has mapped: make them, and say so by asking `changed`
  };
  std::uint32_t kind = result;
  std::int32_t error = 0;  // the host's errno
  std::int64_t value = 0;
  std::int64_t results[kResults] = {};
  std::uint64_t bytes = 0;  // of the window
  std::uint32_t change_count = 0;
  std::uint32_t changed = 0;  // whether there were changes before this result
};

// What becomes of a range of addresses.
struct Change {
  enum Kind : std::uint32_t {
    unmap,    // nothing is there
    reserve,  // it is mapped, but has no memory: a reference is a fault
    show,     // `paddr` and what follows
  };
  std::uint64_t start = 0;
  std::uint64_t bytes = 0;
  std::uint64_t paddr = 0;
  std::uint32_t kind = unmap;
  std::uint32_t protection = 0;  // PROT_* of the modelled system
};

struct Slot {
  std::uint32_t magic = 0;
  std::uint32_t version = 0;
  std::int32_t pid = 0;
  std::int32_t tid = 0;
  std::uint64_t page_bytes = 0;
  std::uint32_t host_thread = 0;  // the host's number of the thread, which the thread writes
  std::atomic<std::uint32_t> turn = kProgramsTurn;
  Request request;
  Reply reply;
  char text[kTextBytes] = {};
  Change changes[kChanges] = {};
};

inline constexpr std::size_t kWindowOffset = std::size_t{64} << 10;
inline constexpr std::size_t kSlotBytes = kWindowOffset + kWindowBytes;  // from one slot to the next
static_assert(sizeof(Slot) <= kWindowOffset);
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

}  // namespace memsim::link
