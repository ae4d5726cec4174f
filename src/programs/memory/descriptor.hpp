// A descriptor of the host, closed when it goes.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace memsim::programs {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }
  void close() { *this = Descriptor(); }

 private:
  int number_ = -1;
};

// The same, above those that a program begins with, so that moving it there overwrites none.
[[nodiscard]] inline Descriptor moved_up(int number) {
  const Descriptor given(number);
  return Descriptor(given.is_open() ? ::fcntl(number, F_DUPFD_CLOEXEC, 64) : -1);
}

}  // namespace memsim::programs
