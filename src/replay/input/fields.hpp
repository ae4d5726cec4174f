// Fields: the words of a line, separated by blanks, read from left to right. Every reader says whether it found what it
// looked for; where not, the cursor stays on the offending word.
#pragma once

#include <cstdint>
#include <string_view>

namespace memsim {

class Fields {
 public:
  explicit Fields(std::string_view line) : begin_(line.data()), at_(begin_), end_(begin_ + line.size()) { skip(); }

  [[nodiscard]] bool is_end() const { return at_ == end_; }
  // Where the cursor stands, counted from 1.
  [[nodiscard]] std::size_t column() const { return static_cast<std::size_t>(at_ - begin_) + 1; }
  [[nodiscard]] std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }

  [[nodiscard]] bool decimal(std::uint64_t& value) {
    return number(
        value, [](char c) { return static_cast<unsigned>(c - '0') < 10 ? c - '0' : -1; }, 10);
  }
  // Without a prefix, lower or upper case.
  [[nodiscard]] bool hexadecimal(std::uint64_t& value) {
    return number(
        value,
        [](char c) {
          if (static_cast<unsigned>(c - '0') < 10) return c - '0';
          const int letter = (c | 0x20) - 'a';
          return static_cast<unsigned>(letter) < 6 ? letter + 10 : -1;
        },
        16);
  }
  // A word of one character.
  [[nodiscard]] bool letter(char& value) {
    if (at_ == end_ || (at_ + 1 != end_ && !is_blank(at_[1]))) return false;
    value = *at_++;
    skip();
    return true;
  }
  [[nodiscard]] bool word(std::string_view& value) {
    const char* to = at_;
    while (to != end_ && !is_blank(*to)) ++to;
    if (to == at_) return false;
    value = {at_, static_cast<std::size_t>(to - at_)};
    at_ = to;
    skip();
    return true;
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
  void skip() {
    while (at_ != end_ && is_blank(*at_)) ++at_;
  }
  template <class Digit>
  bool number(std::uint64_t& value, Digit digit, unsigned base) {
    const char* to = at_;
    std::uint64_t sum = 0;
    int next = 0;
    for (; to != end_ && (next = digit(*to)) >= 0; ++to) {
      if (__builtin_mul_overflow(sum, base, &sum)) return false;
      if (__builtin_add_overflow(sum, static_cast<std::uint64_t>(next), &sum)) return false;
    }
    if (to == at_ || (to != end_ && !is_blank(*to))) return false;
    value = sum;
    at_ = to;
    skip();
    return true;
  }

  const char* begin_;
  const char* at_;
  const char* end_;
};

}  // namespace memsim
