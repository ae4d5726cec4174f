// CsvLine: one row of a CSV file (RFC 4180, but lines end with a bare LF).
//
// Numbers are written as they are. A text that a spreadsheet would take for a formula, because it begins with = + - or
// @, gets an apostrophe in front; one with a comma, a quote or a line break is quoted.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include <memsim/base/units.hpp>

#include <memsim/view/json_line.hpp>

namespace memsim {

class CsvLine {
 public:
  explicit CsvLine(std::string& out) : out_(out) {}

  // Ends the row. The last call.
  void finish() { out_ += '\n'; }

  template <std::integral T>
  CsvLine& number(T value) {
    separate();
    append_integer(out_, value);
    return *this;
  }
  // A moment that never came is an empty cell.
  CsvLine& time(SimTime value) { return value == never() ? empty() : number(value.value()); }
  CsvLine& text(std::string_view value);
  // A number that is written already.
  CsvLine& raw(std::string_view number) {
    separate();
    out_ += number;
    return *this;
  }
  CsvLine& empty() {
    separate();
    return *this;
  }

 private:
  void separate() {
    if (started_) out_ += ',';
    started_ = true;
  }

  std::string& out_;
  bool started_ = false;
};

}  // namespace memsim
