// Several names over one range of memory: the regions that they make, and the names by which those are found.
#include <gtest/gtest.h>

#include <memsim/kernel/typed_memory_names.hpp>

#include "scenario/program_text.hpp"

namespace memsim {
namespace {

std::string shown(const Scenario& scenario) {
  std::string text;
  for (const RegionConfig& region : scenario.world.memory.regions) {
    text += fmt::format("{:#x}+{}KiB {}{}", region.base.value(), region.size.count() >> 10, region.name,
                        region.general ? "" : " typed only");
    for (const std::string& name : region.further_names) text += " = " + name;
    if (region.cma) text += " area";
    text += '\n';
  }
  return text;
}

std::string regions_of(std::string_view entries) {
  return shown(testing::loaded("memsim: 1\nmachine:\n  regions:\n" + std::string(entries) +
                               "processes: [{name: a, program: [exit]}]\n"));
}

constexpr std::string_view kAsDocumented = R"(
    - {name: memory/ram/sysram, base: 0x1000, size: 32764KiB}
    - {name: memory/isa/ram/dma, base: 0x1000, size: 16380KiB, general: false}
    - {name: memory/ram/dma, base: 0x1000, size: 32764KiB, general: false}
)";

TEST(RegionNames, OneRangeMayBearSeveral) {
  EXPECT_EQ(regions_of(kAsDocumented),
            "0x1000+16380KiB memory/ram/sysram = memory/isa/ram/dma = memory/ram/dma\n"
            "0x1000000+16384KiB memory/ram/sysram = memory/ram/dma\n");
}

TEST(RegionNames, WhatOnlyANameCoversIsARegionOfItsOwn) {
  EXPECT_EQ(regions_of("    - {name: dma, base: 8KiB, size: 16KiB, general: false}\n"
                       "    - {name: ram, base: 0, size: 16KiB}\n"),
            "0x4000+8KiB dma typed only\n0x0+8KiB ram\n0x2000+8KiB ram = dma\n");
}

TEST(RegionNames, WithoutOverlapsTheRegionsAreThoseOfTheFile) {
  EXPECT_EQ(regions_of("    - {name: high, base: 1MiB, size: 4KiB, general: false}\n"
                       "    - {name: low, base: 0, size: 4KiB}\n    - {name: next, base: 4KiB, size: 4KiB}\n"),
            "0x100000+4KiB high typed only\n0x0+4KiB low\n0x1000+4KiB next\n");
}

TEST(RegionNames, EachOpensWhatItCovers) {
  const Scenario scenario = testing::loaded("memsim: 1\nmachine:\n  regions:\n" + std::string(kAsDocumented) +
                                            "processes: [{name: a, program: [exit]}]\n");
  std::vector<RegionNames> regions;
  for (const RegionConfig& region : scenario.world.memory.regions) {
    regions.push_back({region.name, region.further_names});
  }
  using Meant = std::vector<std::size_t>;
  EXPECT_EQ(regions_meant(regions, "sysram").value(), (Meant{0, 1}));
  EXPECT_EQ(regions_meant(regions, "/memory/isa/ram/dma").value(), Meant{0});
  EXPECT_EQ(regions_meant(regions, "isa").value(), Meant{0});
  EXPECT_EQ(regions_meant(regions, "dma").value(), (Meant{0, 1}));
  EXPECT_EQ(regions_meant(regions, "sysram&isa").value(), Meant{0});
  EXPECT_EQ(regions_meant(regions, "rom").error(), Errno::enoent);
}

TEST(RegionNames, ACmaAreaIsARegionOfItsOwnAtTheHighestPlaceOfItsRegion) {
  EXPECT_EQ(regions_of("    - {name: ram, base: 1MiB, size: 16MiB, cma: {size: 4MiB}}\n"),
            "0x100000+11264KiB ram\n0xc00000+4096KiB ram/cma = ram area\n0x1000000+1024KiB ram\n");
  EXPECT_EQ(regions_of("    - {name: ram, base: 0, size: 16MiB, cma: {base: 2MiB, size: 4MiB}}\n"
                       "    - {name: camera, base: 4MiB, size: 2MiB, general: false}\n"),
            "0x0+2048KiB ram\n0x200000+2048KiB ram/cma = ram area\n0x400000+2048KiB ram/cma = camera = ram area\n"
            "0x600000+10240KiB ram\n");
}

TEST(RegionNames, ACmaAreaKeepsOutOfReservations) {
  EXPECT_EQ(
      regions_of("    - {name: ram, base: 0, size: 16MiB, cma: {size: 4MiB}}\n"
                 "  reservations: [{name: loader, base: 13MiB, size: 4KiB}, {name: rom, base: 7MiB, size: 64KiB}]\n"),
      "0x0+8192KiB ram\n0x800000+4096KiB ram/cma = ram area\n0xc00000+4096KiB ram\n");
}

}  // namespace
}  // namespace memsim
