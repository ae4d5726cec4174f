// What was settled before a run, as its head tells it (RunStarted): each setting under a name, which for most is the
// path that it has in a scenario, and with its value as a scenario writes it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <memsim/engine/record.hpp>
#include <memsim/phys/policy.hpp>

namespace memsim {

// Names and values as owned texts.
class SettingList {
 public:
  void add(std::string name, std::string value) { entries_.emplace_back(std::move(name), std::move(value)); }
  // For a record; good until the next add().
  [[nodiscard]] std::vector<Setting> view() const {
    std::vector<Setting> settings;
    for (const auto& [name, value] : entries_) settings.push_back({name, value});
    return settings;
  }

 private:
  std::vector<std::pair<std::string, std::string>> entries_;
};

// Every option of the policy under its own name, given or not. Requires: a policy and options that
// PhysicalMemory::create() accepts.
[[nodiscard]] SettingList policy_settings(const std::string& policy, const PolicyOptions& options);

}  // namespace memsim
