#include "sim/host/current_run.hpp"

#include <cstdio>

#include <memsim/base/check.hpp>

namespace memsim {
namespace {

struct CurrentRun {
  const Scenario* scenario = nullptr;
  const World* world = nullptr;
};
thread_local CurrentRun current_run;

void describe_current_run() noexcept {
  if (current_run.world == nullptr) return;
  std::fprintf(stderr, "while running %s, seed %llu, at %llu ns of simulated time, event %llu\n",
               current_run.scenario->path.c_str(), static_cast<unsigned long long>(current_run.scenario->world.seed),
               static_cast<unsigned long long>(current_run.world->now().value()),
               static_cast<unsigned long long>(current_run.world->event_count()));
}

}  // namespace

StopReason run_world(const Scenario& scenario, World& world) {
  current_run = {&scenario, &world};
  set_check_context(describe_current_run);
  const StopReason reason = world.run();
  current_run = {};
  return reason;
}

}  // namespace memsim
