// The parts of a scenario, each read into its part of the WorldConfig.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <memsim/scenario/scenario.hpp>

#include "scenario/format/map_reader.hpp"
#include "scenario/program/expression.hpp"

namespace memsim::loader {

// parse_scenario(), which tells besides what the scenario speaks of.
[[nodiscard]] HostResult<Scenario> parse_and_mention(std::string_view text, std::string path,
                                                     const LoadOptions& options, Mentions& mentions);

// Comes before all else, because every size of the file may be given in pages.
[[nodiscard]] PageSize read_page_size(Loading& loading, MapReader& machine);
// The machine, memory checked as a whole: overlaps, alignment, the cap of 2^32 frames.
void read_machine(Loading& loading, MapReader& machine, WorldConfig& world);
void read_policy(Loading& loading, MapReader& root, PhysicalMemoryConfig& memory);
// Each reads the key of its name, where `parent` has it, over what is there already.
void read_costs(Loading& loading, MapReader& parent, CostModel& costs);
void read_semantics(Loading& loading, MapReader& parent, Semantics& semantics);
// What is in use when the run begins. Needs memory and its policy, and looks at nothing after a fault.
void read_start(Loading& loading, MapReader& machine, WorldConfig& world);
void read_record(Loading& loading, MapReader& root, RecordConfig& record);
[[nodiscard]] DeviceConfig read_device(Loading& loading, const Node& node);
[[nodiscard]] std::shared_ptr<const DmaDevice> read_process_device(Loading& loading, const Node& node);
// A program of the host, `node` being a map; nothing after a fault.
[[nodiscard]] std::shared_ptr<const HostProgram> read_host_program(Loading& loading, const Node& node,
                                                                   std::string_view process);
// Recorded traces that play beside the processes, each read once from end to end. Needs memory.
void read_background(Loading& loading, MapReader& root, WorldConfig& world);
// Needs the backgrounds, beside which no process is needed, and the limits, which cap the number of processes.
void read_processes(Loading& loading, const Node& root_node, MapReader& root, WorldConfig& world);

// Needs all else: what becomes different in a branch is told against it.
void read_branches(Loading& loading, const Node& root_node, MapReader& root, Scenario& scenario);

}  // namespace memsim::loader
