// ProcessDirectory: which process configuration a name stands for. Immutable; shared by the copies of a world.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/kernel/config.hpp>

namespace memsim {

class ProcessDirectory {
 public:
  // Of several configurations with one name the first counts.
  explicit ProcessDirectory(const std::vector<ProcessConfig>& processes) {
    for (std::uint32_t i = 0; i < processes.size(); ++i) index_by_name_.emplace(processes[i].name, i);
  }

  // The index of the configuration. O(log n).
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view name) const {
    const auto found = index_by_name_.find(name);
    return found == index_by_name_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::map<std::string, std::uint32_t, std::less<>> index_by_name_;
};

}  // namespace memsim
