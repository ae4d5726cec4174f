// The parts of a scenario, each read into its part of the WorldConfig.
#pragma once

#include <string>

#include <memsim/scenario/scenario.hpp>

#include "scenario/format/map_reader.hpp"

namespace memsim::loader {

// Reads `page_size` alone, because every size of the file may be given in pages.
void read_page_size(Context& context, const Node& root);

void read_machine(Context& context, MapReader& root, WorldConfig& world);
void read_policy(Context& context, MapReader& root, PhysicalMemoryConfig& memory);
void read_record(Context& context, MapReader& root, RecordConfig& record);
[[nodiscard]] DeviceConfig read_device(Context& context, const Node& node);
// Needs the limits, which cap the number of processes.
void read_processes(Context& context, const Node& root_node, MapReader& root, WorldConfig& world);

// Checks memory as a whole: overlaps, alignment, the cap of 2^32 frames.
void check_memory(Context& context, MapReader& root, const PhysicalMemoryConfig& memory);

}  // namespace memsim::loader
