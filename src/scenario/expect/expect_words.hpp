// The words that expectations choose from, for the reader and the schema.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <memsim/scenario/expectation.hpp>

namespace memsim::loader {

[[nodiscard]] std::vector<std::string_view> count_names();
[[nodiscard]] std::optional<ExpectedCount::What> count_from_name(std::string_view name);
// Whether its records say which process it was, or about which object.
[[nodiscard]] bool is_by_process(ExpectedCount::What what);
[[nodiscard]] bool is_by_object(ExpectedCount::What what);

[[nodiscard]] std::vector<std::string_view> stop_reason_names();
[[nodiscard]] std::optional<StopReason> stop_reason_from_name(std::string_view name);

}  // namespace memsim::loader
