#include <gtest/gtest.h>

#include <memsim/scenario/scenario.hpp>

namespace memsim {
namespace {

constexpr std::string_view kDocumented = R"(memsim: 1
title: the documented example
seed: 42
processes:
  - name: client
    program:
      - shm_open: {name: /myshmem, oflag: [O_RDWR, O_CREAT, O_TRUNC], mode: 0o600}
        as: fd
        on_error: exit
      - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: 8pages}
        on_error: exit
      - _MEM_OBJ_INFO: {fd: $fd, reply_bytes: 192B}
        as: info
      - note: "segments ${info} end ${info.end}"
      - repeat:
          times: 8
          index: i
          do:
            - sleep: {exponential: {mean: 5ms}}
            - set: {x: "$i * 4KiB + 1"}
      - close: $fd
      - shm_unlink: /myshmem
)";

TEST(Scenario, LoadsTheDocumentedExample) {
  const auto scenario = parse_scenario(kDocumented, "x.yaml");
  if (!scenario) FAIL() << render(scenario.error(), Colour::off);
  EXPECT_EQ(scenario->title, "the documented example");
  EXPECT_EQ(scenario->world.seed, 42u);
  ASSERT_EQ(scenario->world.processes.size(), 1u);
  EXPECT_EQ(scenario->world.processes[0].threads[0].program->steps.size(), 11u);
}

}  // namespace
}  // namespace memsim
