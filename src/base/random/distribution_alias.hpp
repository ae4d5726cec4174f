// AliasTable: draws an index in proportion to given weights, in constant time (Walker 1977, built as by Vose 1991).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <memsim/base/random.hpp>

namespace memsim {

// Exact: chances are kept as integers, so index i comes up with probability weight[i] / sum and no rounding.
class AliasTable {
 public:
  // Requires: at least one weight above zero, a sum below 2^63, and at most 2^32 weights.
  explicit AliasTable(const std::vector<std::uint64_t>& weights);

  // Takes two draws.
  [[nodiscard]] std::size_t draw(RandomStream& stream) const {
    const std::uint64_t index = stream.below(columns_.size());
    const Column& column = columns_[index];
    return stream.below(sum_) < column.own ? index : column.other;
  }

 private:
  // A column of height `sum_`: the lower part belongs to its own index, the rest to one other.
  struct Column {
    std::uint64_t own;
    std::uint64_t other;
  };

  std::vector<Column> columns_;
  std::uint64_t sum_ = 0;
};

}  // namespace memsim
