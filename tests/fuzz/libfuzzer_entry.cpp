// One libFuzzer program: MEMSIM_FUZZ_TARGET is the function of targets.hpp that it feeds.
#include <cstddef>
#include <cstdint>

#include "fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  memsim::fuzz::MEMSIM_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
