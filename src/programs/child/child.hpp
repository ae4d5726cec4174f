// A program of the host while it runs: its process, the slots of its link, and what it wrote.
//
// It is started with an empty environment, without address randomisation, in a process group of its own, with nothing
// open but its streams and the link, under limits, and dies with the thread that started it.
#pragma once

#include <sys/types.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include <memsim/base/host_error.hpp>
#include <memsim/kernel/caller_source.hpp>
#include <memsim/programs/programs.hpp>
#include <memsim/runtime/link.hpp>

#include "programs/memory/descriptor.hpp"

namespace memsim::programs {

// How a process ended.
struct End {
  bool by_signal = false;
  int number = 0;  // the signal's, or the exit status
};

class Child {
 public:
  // Errors: host_failed where the host cannot start it.
  [[nodiscard]] static HostResult<std::unique_ptr<Child>> start(const HostProgram& program, const ProgramLimits& limits,
                                                                const Descriptor& memory);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  // Makes a slot new, which no thread uses. False: there is none of that number, or the host refuses.
  [[nodiscard]] bool open(std::size_t lane);
  [[nodiscard]] bool is_open(std::size_t lane) const { return lane < link::kLanes && slots_[lane] != nullptr; }
  // Requires: is_open().
  [[nodiscard]] link::Slot& slot(std::size_t lane) { return *slots_[lane]; }
  [[nodiscard]] std::byte* window(std::size_t lane) {
    return reinterpret_cast<std::byte*>(slots_[lane]) + link::kWindowOffset;
  }
  [[nodiscard]] pid_t pid() const { return pid_; }
  // Whether it has ended by itself.
  [[nodiscard]] bool has_ended() const;

  // Lets it run where this thread runs: the two never run at once, and waking each other on one processor takes half as
  // long as across two.
  void follow_processor();

  // Ends it, and whatever it may have started, if it has not ended by itself. Says how it did end.
  End finish();

  // Appends what it has written to the stream since the last time: 0 is its output, 1 its errors.
  void append_written(int stream, std::string& out);

 private:
  struct Stream {
    Descriptor file;
    off_t read = 0;
    off_t place = 0;  // of the program's next byte, when that was looked at last
  };
  Child() = default;

  pid_t pid_ = -1;
  int processor_ = -1;  // on which it may run; -1: any
  std::array<link::Slot*, link::kLanes> slots_{};
  Descriptor file_;  // the slots, one after the other
  std::size_t file_slots_ = 0;
  Stream streams_[2];
};

}  // namespace memsim::programs
