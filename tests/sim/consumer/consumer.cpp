// Loads a scenario, runs it, prints its summary: the whole of memsim through its installed headers.
#include <cstdio>

#include <memsim/analysis/wait_graph.hpp>
#include <memsim/kernel/world.hpp>
#include <memsim/scenario/scenario.hpp>
#include <memsim/view/render.hpp>
#include <memsim/view/summary.hpp>

int main(int, char** argv) {
  const auto scenario = memsim::load_scenario(argv[1]);
  if (!scenario) {
    std::fputs(memsim::render(scenario.error(), memsim::Colour::off).c_str(), stderr);
    return 2;
  }
  memsim::SummaryView view;
  auto world = memsim::World::create(scenario->world, memsim::find_deadlocks);
  if (!world) return 2;
  world->records().subscribe(view);
  world->run();
  std::puts(memsim::fingerprint_text(view.summary(world->records()).fingerprint).c_str());
  return 0;
}
