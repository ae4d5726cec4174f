#include <memsim/host/zero_pages.hpp>

#include <sys/mman.h>

namespace memsim::host {

void* map_zero_pages(std::size_t byte_size) noexcept {
  constexpr int kPrivateZeroes = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  void* const start = ::mmap(nullptr, byte_size, PROT_READ | PROT_WRITE, kPrivateZeroes, -1, 0);
  return start == MAP_FAILED ? nullptr : start;
}

void unmap_zero_pages(void* start, std::size_t byte_size) noexcept { ::munmap(start, byte_size); }

}  // namespace memsim::host
