// Screen: the terminal as a page of lines and a source of keys, as long as it lives; then it is as it was before.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>

namespace memsim {

class Screen {
 public:
  // Takes the terminal over. Errors: bad_input where standard input or output is none, or one of no known kind.
  [[nodiscard]] static HostResult<Screen> open();
  Screen(Screen&& other) noexcept;
  Screen& operator=(Screen&&) = delete;
  ~Screen();

  // As it is now: a window may change its size.
  [[nodiscard]] std::size_t rows() const;
  [[nodiscard]] std::size_t columns() const;

  // Shows the lines from the top, and nothing else. What does not fit is left out.
  void show(const std::vector<std::string>& lines);

  // The key that was pressed, waiting up to `patience` for it; 3 where an interrupt (Ctrl-C) was typed.
  [[nodiscard]] std::optional<int> key(std::chrono::milliseconds patience);

 private:
  Screen() = default;
  bool is_mine_ = true;
};

}  // namespace memsim
