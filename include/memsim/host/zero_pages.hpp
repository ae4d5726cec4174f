// Memory of the host that is zero and costs nothing where it is not touched.
#pragma once

#include <cstddef>

namespace memsim::host {

// Maps `byte_size` bytes, all zero. Unreserved: most of them will never be written, so the host need not promise the
// memory. Null where the host refuses. Give it back with unmap_zero_pages() of the same size.
[[nodiscard]] void* map_zero_pages(std::size_t byte_size) noexcept;
void unmap_zero_pages(void* start, std::size_t byte_size) noexcept;

}  // namespace memsim::host
