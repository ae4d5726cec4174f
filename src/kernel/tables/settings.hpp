// What was settled before a run, beside what the machine tells of itself.
#pragma once

#include <memsim/kernel/config.hpp>
#include <memsim/machine/settings.hpp>

namespace memsim {

// All of the configuration but the policy, the processes, and what other records of the head tell.
[[nodiscard]] SettingList run_settings(const WorldConfig& config);

}  // namespace memsim
