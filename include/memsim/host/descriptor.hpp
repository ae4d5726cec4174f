// Descriptor: an open file of the host, closed by its owner's end; and the words for what the host says of failures.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace memsim::host {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { static_cast<void>(close()); }

  [[nodiscard]] bool is_open() const { return number_ >= 0; }
  [[nodiscard]] int number() const { return number_; }
  // Gives 0 or the host's errno: what was written last may fail here. Does nothing the second time.
  [[nodiscard]] int close();

 private:
  int number_ = -1;
};

// Writes everything, however many calls it takes. Gives 0 or the host's errno.
[[nodiscard]] int write_all(int descriptor, std::string_view text);

// What the host calls an errno: "No space left on device".
[[nodiscard]] std::string reason_of(int error);

}  // namespace memsim::host
