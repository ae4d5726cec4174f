// WorldChange: what can become different in the middle of a run, as a plain value. For branches: the same past, another
// future. What shaped the past (the machine, the processes that there are) is no part of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <memsim/kernel/config.hpp>
#include <memsim/phys/policy.hpp>

namespace memsim {

struct PolicyChoice {
  std::string name;
  PolicyOptions options;  // those not named have their defaults
};

// More instances of a process that the scenario lists, template or not.
struct ProcessStarts {
  std::string process;
  std::uint32_t count = 1;
};

// In the order in which it takes effect, all in one instant.
struct WorldChange {
  // Serves requests from now on, over exactly the frames in use, as a policy_changed record tells.
  std::optional<PolicyChoice> policy{};
  // What begins is paid at these costs; what is under way was paid when it began.
  std::optional<CostModel> costs{};
  // For calls to come; see fixed_semantics() for those that cannot change.
  std::optional<Semantics> semantics{};
  // Every thread draws from a stream of its own again, derived from this; processes that start later draw as in a run
  // with this seed.
  std::optional<std::uint64_t> seed{};
  std::vector<std::string> kill{};     // a process, a fleet or an instance of one, as the call kill() takes them
  std::vector<ProcessStarts> spawn{};  // children of the memory manager, like those that the scenario starts
};

// A choice of semantics that shapes what exists from the start (how segments are kept, the memory manager's channel)
// and in which the two differ, by its name in scenarios; empty where there is none.
[[nodiscard]] std::string_view fixed_semantics(const Semantics& before, const Semantics& after);

}  // namespace memsim
