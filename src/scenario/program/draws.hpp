// Draws: {uniform: [4KiB, 64KiB]}, {exponential: {mean: 10ms}, max: 1s}, ...; a fresh value each time they are read.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include <memsim/base/distribution.hpp>

#include "scenario/format/format.hpp"
#include "scenario/format/map_reader.hpp"
#include "scenario/program/operands.hpp"

namespace memsim::loader {

// A kind of draw. Those with keys are maps; the others (constant, uniform, table) have a form of their own.
struct DrawWord {
  std::string_view name;
  std::string_view doc;
  const Group* group = nullptr;
  std::string_view definition{};  // of the schema, where there is no group
};
[[nodiscard]] std::span<const DrawWord> draw_words();
// An entry of `table`.
[[nodiscard]] const Group& draw_table_group();

// The distribution, or nothing after a fault. Requires: `node` is a map.
[[nodiscard]] std::optional<Distribution> read_draw(Loading& loading, TableBudget& budget, const Node& node,
                                                    ValueKind kind);

}  // namespace memsim::loader
