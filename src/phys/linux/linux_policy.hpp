// The policy `linux`: its name, options and factory, for the table in policies.cpp.
#pragma once

#include <memsim/phys/policy.hpp>

namespace memsim {

[[nodiscard]] const Policy& linux_policy();

}  // namespace memsim
