#include <memsim/machine/settings.hpp>

namespace memsim {

SettingList policy_settings(const std::string& policy, const PolicyOptions& options) {
  SettingList list;
  for (const PolicyOption& option : find_policy(policy)->options) {
    list.add(std::string(option.name), std::string(text_of(option, options)));
  }
  return list;
}

}  // namespace memsim
