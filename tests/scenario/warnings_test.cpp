// What is allowed but can hardly be meant is told where somebody asks for it, and is no fault.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenario/program_text.hpp"

namespace memsim {
namespace {

using ::testing::HasSubstr;

std::string warnings_of(std::string_view text) {
  LoadOptions options;
  options.warnings = Warnings::find;
  return render(testing::loaded(text, options).warnings, Colour::off);
}

TEST(Warnings, ConstantNamesOfTypedMemoryThatNoRegionBears) {
  const std::string text =
      "memsim: 1\nmachine: {regions: [{name: memory/ram/sysram, base: 1MiB, size: 1MiB}]}\nprocesses:\n  - name: a\n"
      "    program:\n      - posix_typed_mem_open: {name: sysrom}\n      - posix_typed_mem_open: {name: ram/sysram}\n"
      "      - posix_typed_mem_open: {name: \"/memory|rom\"}\n      - posix_typed_mem_open: {name: \"rom${pid}\"}\n";
  const std::string warnings = warnings_of(text);
  EXPECT_THAT(warnings,
              HasSubstr("x.yaml:6:38: warning: no region is called 'sysrom'; posix_typed_mem_open gives ENOENT"));
  EXPECT_THAT(warnings, HasSubstr("x.yaml:8:38: warning: no region is called '/memory|rom'"));
  EXPECT_EQ(warnings.find("x.yaml:7"), std::string::npos);
  EXPECT_EQ(warnings.find("x.yaml:9"), std::string::npos);
}

TEST(Warnings, ProbesThatFailInTheEmptyMachine) {
  const std::string text =
      "memsim: 1\nmachine: {regions: [{name: ram, base: 1MiB, size: 4MiB}]}\nrecord:\n  probes:\n"
      "    - {name: fits, size: 1MiB}\n    - {name: too_large, size: 8MiB}\n"
      "    - {name: elsewhere, size: 4KiB, above: 1GiB}\n    - {name: pieces, size: 4MiB, contiguous: false}\n"
      "processes: [{name: a, program: [{sleep: 1s}]}]\n";
  const std::string warnings = warnings_of(text);
  EXPECT_THAT(warnings, HasSubstr("x.yaml:6:7: warning: the probe 'too_large' fails even while no process has memory"));
  EXPECT_THAT(warnings, HasSubstr("x.yaml:7:7: warning: the probe 'elsewhere'"));
  EXPECT_EQ(warnings.find("'fits'"), std::string::npos);
  EXPECT_EQ(warnings.find("'pieces'"), std::string::npos);
}

TEST(Warnings, TemplatesThatNobodySpawns) {
  const auto text = [](std::string_view step) {
    return "memsim: 1\nprocesses:\n  - {name: a, program: [" + std::string(step) +
           "]}\n  - {name: b, start: never, program: [exit]}\n";
  };
  EXPECT_THAT(warnings_of(text("exit")), HasSubstr("x.yaml:4:12: warning: nobody spawns 'b'"));
  EXPECT_EQ(warnings_of(text("{spawn: b}")), "");
  EXPECT_EQ(warnings_of(text("{spawn: \"${pid}\"}")), "") << "nobody can know before it runs";
}

TEST(Warnings, AreNotLookedForUnlessAskedFor) {
  EXPECT_TRUE(testing::loaded("memsim: 1\nprocesses:\n  - {name: a, program: [exit]}\n"
                              "  - {name: b, start: never, program: [exit]}\n")
                  .warnings.empty());
}

}  // namespace
}  // namespace memsim
