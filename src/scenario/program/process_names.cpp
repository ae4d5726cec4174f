#include "scenario/program/process_names.hpp"

#include <memsim/base/numbers.hpp>
#include <memsim/kernel/instance_name.hpp>

namespace memsim::loader {

ProcessNames::ProcessNames(const Loading& loading, const Node& root) {
  const Entry* processes = loading.tree.find(root, "processes");
  if (processes == nullptr) return;
  for (const NodeId id : loading.tree[processes->value].items) {
    const Node& process = loading.tree[id];
    const Entry* name = loading.tree.find(process, "name");
    if (name == nullptr) continue;
    const Entry* count = loading.tree.find(process, "count");
    const auto instances = count == nullptr ? 0 : parse_unsigned(loading.tree[count->value].text).value_or(0);
    counts_.emplace(loading.tree[name->value].text, instances);
  }
}

bool ProcessNames::is_fleet(std::string_view name) const {
  const auto found = counts_.find(name);
  return found != counts_.end() && found->second > 0;
}

bool ProcessNames::is_instance(std::string_view name) const {
  const auto named = parse_instance_name(name);
  if (!named) return false;
  const auto fleet = counts_.find(named->fleet);
  return fleet != counts_.end() && named->instance < fleet->second;
}

std::vector<std::string_view> ProcessNames::names() const {
  std::vector<std::string_view> names;
  for (const auto& [name, count] : counts_) names.push_back(name);
  return names;
}

}  // namespace memsim::loader
