// The program's side of the link: one question, one answer, and the thread stands still between them.
//
// The library is compiled as C++ without its run time, so that C programs link to it alone. `memsim cc` links with
// --wrap for each name of the table that the C library has too: what the program calls shm_open() arrives here as
// __wrap_shm_open(), and so would calls of ours, which therefore go to the kernel of the host directly (host_call.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

#include <memsim/runtime/calls.hpp>
#include <memsim/runtime/link.hpp>

namespace memsim::runtime {

using link::ProgramCall;

struct Question {
  ProgramCall call;
  std::int64_t arguments[link::kArguments] = {};
  const char* text = nullptr;
  std::size_t bytes = 0;  // of the window, which holds them already
};

// A copy: the slot is written again by the next question, which a reference to memory may ask.
struct Result {
  std::int64_t value = 0;
  int error = 0;  // the host's errno
  std::int64_t results[link::kResults] = {};
  std::size_t bytes = 0;  // of the window
  bool changed = false;   // what the program has mapped
};

[[nodiscard]] Result ask(const Question& question);

// A question that nobody answers.
void tell(ProgramCall call);
// Whether this thread can ask. One that the C library has for itself cannot.
[[nodiscard]] bool is_linked();

// From now on a thread does that whenever its turn has come, before all else.
void do_first(void (*action)());

// As a call returns it: its value, or -1 with errno set.
long returned(const Result& result);
// -1 with errno set.
long failed(int error);
// ENOSYS, and a note in the run.
long refuse(ProgramCall call);

[[nodiscard]] unsigned char* window();
[[nodiscard]] std::int64_t own_pid();
[[nodiscard]] std::int64_t own_tid();
[[nodiscard]] std::int64_t page_bytes();

template <class T>
[[nodiscard]] std::int64_t number(T* pointer) {
  return static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(pointer));
}

}  // namespace memsim::runtime

// The entry of a call that the C library has too, and of one that it has not.
#define MEMSIM_WRAPPED(name) __wrap_##name
