// A list that keeps its first entries and counts all: what a view holds of something that may come without end.
#pragma once

#include <cstdint>
#include <vector>

namespace memsim {

template <class T>
struct FirstOf {
  std::vector<T> first;
  std::uint64_t count = 0;  // of all, kept or not
};

}  // namespace memsim
