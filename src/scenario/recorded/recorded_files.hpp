// What the readers of recordings share: their files, and the regions that they are of.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <memsim/phys/free_block_counts.hpp>
#include <memsim/phys/physical_memory.hpp>

#include "scenario/format/map_reader.hpp"

namespace memsim::loader {

// The path of a file that a scenario names beside itself; a fault and nothing where it may name none.
[[nodiscard]] std::optional<std::string> recorded_file(Loading& loading, Place place, const std::string& file);

// Adds what is wrong: with a file at its own places, all else at `place`.
void add_all(Loading& loading, Place place, HostError error);

// The regions of that name, one of which each has; a fault and nothing where there is none.
[[nodiscard]] std::optional<std::vector<RegionId>> regions_named(Loading& loading, Place place, const std::string& name,
                                                                 const PhysicalMemoryConfig& memory);

// Whether all of the blocks do.
[[nodiscard]] bool lists_lie_in(const LinuxFreeLists& lists, Extent extent);

// Adds what was read to the scenario's content.
void note_content(Loading& loading, const std::string& path, const LinuxFreeLists& lists);
void note_content(Loading& loading, const std::string& path, const FreeBlockCounts& counts);
void note_content(Loading& loading, const std::string& path, std::span<const std::uint64_t> numbers);

}  // namespace memsim::loader
