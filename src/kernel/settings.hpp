// What was settled before a run, as its head tells it (RunStarted): each setting under the path that it has in a
// scenario, with its value as a scenario writes it.
#pragma once

#include <string>
#include <vector>

#include <memsim/engine/record.hpp>
#include <memsim/kernel/config.hpp>

namespace memsim {

// Names and values as owned texts.
class SettingList {
 public:
  void add(std::string name, std::string value) { entries_.emplace_back(std::move(name), std::move(value)); }
  // For a record; good until the next add().
  [[nodiscard]] std::vector<Setting> view() const { return {entries_.begin(), entries_.end()}; }

 private:
  struct Entry {
    Entry(std::string entry_name, std::string entry_value)
        : name(std::move(entry_name)), value(std::move(entry_value)) {}
    operator Setting() const { return {name, value}; }  // NOLINT(google-explicit-constructor): it is one, seen
    std::string name;
    std::string value;
  };
  std::vector<Entry> entries_;
};

// Every option of the policy, by its own name. Requires: a policy and options that PhysicalMemory::create() accepts.
[[nodiscard]] SettingList policy_settings(const std::string& policy, const PolicyOptions& options);

// All of the configuration but the policy, the processes, and what other records of the head tell.
[[nodiscard]] SettingList run_settings(const WorldConfig& config);

}  // namespace memsim
