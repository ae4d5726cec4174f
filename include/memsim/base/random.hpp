// RandomStream: a portable stream of random 64-bit integers, one for each consumer and purpose.
//
// The generator is xoshiro256++ (Blackman and Vigna, 2018), its state filled by splitmix64 from a 64-bit key. Both are
// integer algorithms written here, so a stream gives the same numbers on every compiler and library. The key comes from
// the scenario's seed and the *names* of the consumer, never from a count of streams made so far: adding a process
// moves no other process's draws, and two allocator policies see the same workload.
//
// A stream is a plain value: a copy continues where the original stood. One draw per statement, please: the order of
// evaluation of two draws in one expression is not defined.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include <memsim/base/check.hpp>

namespace memsim {

// A component of a stream's name: text, or an integer that is not negative, such as an index. 7 and "7" differ.
// It keeps a view of the text: use it within the expression that makes it.
class StreamName {
 public:
  // Implicit, so that a path reads as a list of plain values.
  constexpr StreamName(std::string_view text) : text_(text), is_text_(true) {}    // NOLINT(google-explicit-constructor)
  constexpr StreamName(const char* text) : StreamName(std::string_view(text)) {}  // NOLINT(google-explicit-constructor)
  StreamName(const std::string& text) : StreamName(std::string_view(text)) {}     // NOLINT(google-explicit-constructor)
  template <std::integral T>
  constexpr StreamName(T number) : number_(static_cast<std::uint64_t>(number)) {  // NOLINT(google-explicit-constructor)
    MEMSIM_CHECK(std::cmp_greater_equal(number, 0));
  }

  [[nodiscard]] constexpr bool is_text() const { return is_text_; }
  [[nodiscard]] constexpr std::string_view text() const { return text_; }
  [[nodiscard]] constexpr std::uint64_t number() const { return number_; }

 private:
  std::string_view text_;
  std::uint64_t number_ = 0;
  bool is_text_ = false;
};

class RandomStream {
 public:
  // A stream of its own, that no name leads to. For tests and defaults.
  constexpr RandomStream() : RandomStream(0) {}
  constexpr explicit RandomStream(std::uint64_t key) {
    for (std::uint64_t& word : state_) word = splitmix64(key);
  }

  // The stream named by the path `names` under `seed`, as in derive(seed, {"process", "camera", "thread", 2}).
  // The key is XXH3-64 of an encoding in which no two different paths look alike.
  [[nodiscard]] static RandomStream derive(std::uint64_t seed, std::initializer_list<StreamName> names);

  // The next 64 bits.
  [[nodiscard]] constexpr std::uint64_t next_u64() {
    const std::uint64_t result = peek();
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // Uniform in [0, bound), without bias. Takes one draw from the generator, rarely more. Requires: bound > 0.
  [[nodiscard]] constexpr std::uint64_t below(std::uint64_t bound) {
    MEMSIM_CHECK(bound > 0);
    // Multiply and keep the high word; the few low words that would favour some results are drawn again (Lemire, 2019).
    Wide product = Wide{next_u64()} * bound;
    if (static_cast<std::uint64_t>(product) < bound) {
      const std::uint64_t threshold = (0 - bound) % bound;
      while (static_cast<std::uint64_t>(product) < threshold) product = Wide{next_u64()} * bound;
    }
    return static_cast<std::uint64_t>(product >> 64);
  }

  // Uniform in [low, high], both included. Requires: low <= high.
  [[nodiscard]] constexpr std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    MEMSIM_CHECK(low <= high);
    const std::uint64_t span = high - low;
    return span == UINT64_MAX ? next_u64() : low + below(span + 1);
  }
  [[nodiscard]] constexpr std::int64_t between_signed(std::int64_t low, std::int64_t high) {
    MEMSIM_CHECK(low <= high);
    const auto span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + between(0, span));
  }

  // True in `numerator` of `denominator` cases. Requires: numerator <= denominator, denominator > 0.
  [[nodiscard]] constexpr bool chance(std::uint64_t numerator, std::uint64_t denominator) {
    MEMSIM_CHECK(numerator <= denominator);
    return below(denominator) < numerator;
  }

  // What next_u64() would give, without taking it. At the end of a run this "unseed" tells in one number whether two
  // runs drew equally often.
  [[nodiscard]] constexpr std::uint64_t peek() const { return std::rotl(state_[0] + state_[3], 23) + state_[0]; }

  constexpr bool operator==(const RandomStream&) const = default;

 private:
  __extension__ using Wide = unsigned __int128;

  static constexpr std::uint64_t splitmix64(std::uint64_t& key) {
    key += 0x9e3779b97f4a7c15u;
    std::uint64_t z = key;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  // Never all zero: splitmix64 gives four different words for any key.
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace memsim
