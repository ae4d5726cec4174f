#include <memsim/base/memory_words.hpp>

#include <array>
#include <cstddef>

namespace memsim {
namespace {

// The word of a value that counts from 0.
template <std::size_t kCount, class Word>
std::string_view word_of(const std::array<std::string_view, kCount>& words, Word value) {
  const auto index = static_cast<std::size_t>(value);
  return index < kCount ? words[index] : "?";
}

}  // namespace

std::string_view name_of(Mobility mobility) {
  static constexpr std::array<std::string_view, 3> kWords = {"unmovable", "movable", "reclaimable"};
  return word_of(kWords, mobility);
}

std::string_view name_of(ObjectKind kind) {
  static constexpr std::array<std::string_view, 8> kWords = {"none",     "ram",       "lazy",  "contiguous",
                                                             "physical", "truncated", "typed", "anonymous"};
  return word_of(kWords, kind);
}

}  // namespace memsim
