// The processes of a scenario by name, so that programs can be checked before any process is read.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/format/map_reader.hpp"

namespace memsim::loader {

class ProcessNames {
 public:
  // Takes what is well formed of the list; the rest is reported when the processes are read.
  ProcessNames(const Loading& loading, const Node& root);

  // Whether the scenario lists a process of this name.
  [[nodiscard]] bool is_process(std::string_view name) const { return counts_.contains(name); }
  [[nodiscard]] bool is_fleet(std::string_view name) const;
  // A process of this name, or an instance of a fleet: "client.7".
  [[nodiscard]] bool is_process_or_instance(std::string_view name) const {
    return is_process(name) || is_instance(name);
  }
  [[nodiscard]] bool is_instance(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> names() const;

 private:
  std::map<std::string, std::uint64_t, std::less<>> counts_;  // 0: no fleet
};

}  // namespace memsim::loader
