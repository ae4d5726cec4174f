#include <memsim/engine/fingerprint.hpp>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <new>

namespace memsim {
namespace {

XXH3_state_t* state_in(std::byte* bytes) { return std::launder(reinterpret_cast<XXH3_state_t*>(bytes)); }
const XXH3_state_t* state_in(const std::byte* bytes) {
  return std::launder(reinterpret_cast<const XXH3_state_t*>(bytes));
}

}  // namespace

ByteHasher::ByteHasher() : state_{} {
  static_assert(sizeof(XXH3_state_t) <= sizeof(State));
  static_assert(alignof(XXH3_state_t) <= alignof(State));
  static_assert(std::is_trivially_copyable_v<XXH3_state_t>);
  auto* state = new (state_.bytes.data()) XXH3_state_t{};
  XXH3_64bits_reset(state);
}

void ByteHasher::add(std::span<const std::byte> bytes) {
  XXH3_64bits_update(state_in(state_.bytes.data()), bytes.data(), bytes.size());
}

std::uint64_t ByteHasher::value() const { return XXH3_64bits_digest(state_in(state_.bytes.data())); }

void Fingerprint::flush() {
  hasher_.add(std::span(buffer_).first(used_));
  used_ = 0;
}

std::uint64_t Fingerprint::value() const {
  ByteHasher all = hasher_;
  all.add(std::span(buffer_).first(used_));
  return all.value();
}

}  // namespace memsim
