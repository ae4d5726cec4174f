#include "sim/watch/screen.hpp"

#include <curses.h>

#include <clocale>
#include <cstdlib>
#include <utility>

#include <memsim/host/standard_streams.hpp>

// The library's names are short and everywhere: nothing else of it comes into this file.

namespace memsim {

HostResult<Screen> Screen::open() {
  if (!host::is_terminal(host::Stream::input) || !host::is_terminal(host::Stream::output)) {
    return host_failure(ExitCode::bad_input, "watch needs a terminal to draw on and to take keys from",
                        "memsim run shows the same without one");
  }
  // For wide characters; numbers stay as they are.
  std::setlocale(LC_CTYPE, "");
  SCREEN* const screen = ::newterm(nullptr, stdout, stdin);
  if (screen == nullptr) {
    return host_failure(ExitCode::bad_input, "the terminal is of no known kind", "set TERM to what it is");
  }
  ::raw();  // an interrupt is a key, so that the terminal is always given back
  ::noecho();
  ::curs_set(0);
  ::keypad(::stdscr, true);
  return Screen();
}

Screen::Screen(Screen&& other) noexcept : is_mine_(std::exchange(other.is_mine_, false)) {}

Screen::~Screen() {
  if (is_mine_) ::endwin();
}

std::size_t Screen::rows() const { return static_cast<std::size_t>(getmaxy(::stdscr)); }
std::size_t Screen::columns() const { return static_cast<std::size_t>(getmaxx(::stdscr)); }

void Screen::show(const std::vector<std::string>& lines) {
  ::werase(::stdscr);
  int row = 0;
  for (const std::string& line : lines) {
    if (row == getmaxy(::stdscr)) break;
    ::wmove(::stdscr, row++, 0);
    // No more cells than the row has, so that none goes on in the next.
    std::size_t cells = columns();
    std::size_t end = 0;
    while (end < line.size() && cells > 0) {
      ++end;
      while (end < line.size() && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) ++end;
      --cells;
    }
    ::waddnstr(::stdscr, line.c_str(), static_cast<int>(end));
  }
  ::wrefresh(::stdscr);
}

std::optional<int> Screen::key(std::chrono::milliseconds patience) {
  ::wtimeout(::stdscr, static_cast<int>(patience.count()));
  const int key = ::wgetch(::stdscr);
  if (key == ERR) return std::nullopt;
  return key;
}

}  // namespace memsim
