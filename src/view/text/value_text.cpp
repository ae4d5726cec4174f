#include <memsim/view/value_text.hpp>

#include <fmt/format.h>

#include <cstdlib>

namespace memsim {

std::string permille_text(std::int64_t permille) {
  const std::int64_t size = std::abs(permille);
  return fmt::format("{}{}.{:03}", permille < 0 ? "-" : "", size / 1000, size % 1000);
}

std::string percent_text(std::int64_t permille) {
  const std::int64_t size = std::abs(permille);
  return fmt::format("{}{}.{} %", permille < 0 ? "-" : "", size / 10, size % 10);
}

std::string length_text(Bytes length) {
  return length == Bytes::max() ? "SIZE_MAX" : fmt::format("{:x}", length.count());
}

std::string counted(std::uint64_t count, std::string_view singular, std::string_view plural) {
  if (count == 1) return fmt::format("1 {}", singular);
  return plural.empty() ? fmt::format("{} {}s", count, singular) : fmt::format("{} {}", count, plural);
}

std::string fingerprint_text(std::uint64_t fingerprint) { return fmt::format("{:016x}", fingerprint); }

}  // namespace memsim
