// What the writer and the reader of baselines agree on.
#pragma once

#include <string_view>

#include <memsim/campaign/layers.hpp>

namespace memsim {

// The group of the measures whose names have one part only.
inline constexpr std::string_view kWholeRun = "run";

// What the file calls a layer. `measures` is the name that the layer `samples` had before the format was fixed.
[[nodiscard]] inline std::string_view key_of(Layer layer) {
  return layer == Layer::samples ? std::string_view("measures") : name_of(layer);
}

}  // namespace memsim
