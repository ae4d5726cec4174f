#include <memsim/base/random.hpp>

#include <cstddef>
#include <string>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace memsim {
namespace {

// Little-endian whatever the host, so that the key is the same everywhere.
void append_u64(std::string& out, std::uint64_t value) {
  for (unsigned shift = 0; shift < 64; shift += 8) out.push_back(static_cast<char>((value >> shift) & 0xff));
}

void append_name(std::string& out, const StreamName& name) {
  if (name.is_text()) {
    // Length first: {"ab", "c"} and {"a", "bc"} must differ.
    out.push_back('s');
    append_u64(out, name.text().size());
    out.append(name.text());
  } else {
    out.push_back('i');
    append_u64(out, name.number());
  }
}

}  // namespace

RandomStream RandomStream::derive(std::uint64_t seed, std::initializer_list<StreamName> names) {
  std::string encoded;
  append_u64(encoded, seed);
  for (const StreamName& name : names) append_name(encoded, name);
  return RandomStream(XXH3_64bits(encoded.data(), encoded.size()));
}

}  // namespace memsim
