// `memsim new`: a first scenario to be changed, with the schema that lets an editor help with it.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <system_error>

#include <memsim/host/files.hpp>
#include <memsim/scenario/scenario.hpp>

#include "sim/host/console.hpp"
#include "sim/reference/commands.hpp"

namespace memsim {
namespace {

constexpr const char* kSchemaName = "memsim.schema.json";

constexpr const char* kFirstScenario = R"(# yaml-language-server: $schema=memsim.schema.json
#
# What the first line is for: an editor with a YAML language server completes and checks this file as you type.
#
#   memsim run FILE                 what happened
#   memsim map FILE                 how full memory was, address by time
#   memsim compare FILE --policy buddy --policy tlsf
#
# `memsim explain WORD` says what a word is; docs/scenario.md says what a scenario can hold.
memsim: 1
title: will a frame buffer fit after a while?

machine:
  regions:
    - {name: memory/below4G/ram/sysram, base: 1GiB, size: 64MiB}

# The board: memory that the boot loader has taken, the allocator, how long operations take.
policy: buddy

# What to look at. A probe asks at each sample whether a request would be granted, without making it.
record:
  every: 100ms
  probes:
    - {name: frame_buffer, size: 8MiB}

processes:
  # A process that allocates and frees, in sizes that are drawn at random.
  - name: player
    program:
      - set: {kept: 0}
      - repeat:
          times: 200
          do:
            - set: {size: {uniform: [4KiB, 1MiB]}}
            - mmap: {len: $size, flags: [MAP_PRIVATE, MAP_ANON], fd: NOFD}
              as: buffer
            - sleep: {exponential: {mean: 5ms}}
            # One in four buffers stays: what is left behind lies between what is free.
            - choose:
                - weight: 3
                  do:
                    - munmap: {addr: $buffer, len: $size}
                - weight: 1
                  do:
                    - set: {kept: $kept + 1}
      - note: ${kept} buffers are still mapped

  # The driver that comes late, and wants its memory in one piece.
  - name: camera
    start: 800ms
    program:
      - shm_open: {name: /frame, oflag: [O_RDWR, O_CREAT], mode: 0o600}
        as: fd
      - shm_ctl: {fd: $fd, flags: [SHMCTL_ANON, SHMCTL_PHYS], size: 8MiB}
        as: frame
      - note: 8 MiB in one piece, errno ${frame.errno}
      - _MEM_OBJ_INFO: {fd: $fd, reply_bytes: 192B}

# What must hold. `memsim run` and `memsim check` judge it, and end with exit code 1 where it does not.
expect:
  - {note: "8 MiB in one piece, errno 0"}
  - {end: finished}
)";

HostResult<void> write_new(const std::filesystem::path& path, bool replaces) {
  std::error_code ignored;
  if (!replaces && std::filesystem::exists(path, ignored)) {
    return host_failure(ExitCode::bad_input, fmt::format("{} is there already", escaped_for_terminal(path.string())),
                        "give another name, or --force to replace it");
  }
  HostResult<void> written = host::replace_file(path.string(), kFirstScenario);
  if (!written) return written;
  const std::filesystem::path schema = path.parent_path() / kSchemaName;
  return host::replace_file(schema.string(), scenario_schema());
}

}  // namespace

void add_new(Command& program) {
  Command& sub = program.add_command("new", "Write a first scenario, with comments, and the schema that editors use.",
                                     "  memsim new my.yaml && memsim run my.yaml\n");
  struct Arguments {
    std::string file;
    bool force = false;
  };
  const auto arguments = std::make_shared<Arguments>();
  sub.add_argument("FILE", arguments->file, kScenarioType, "Where; memsim.schema.json is written beside it");
  sub.add_flag("-f,--force", arguments->force, "Replace the file where it is there already");
  sub.set_action([arguments] {
    const HostResult<void> written = write_new(arguments->file, arguments->force);
    if (!written) return report(written.error());
    return print_or_report(fmt::format("{}: to run it, memsim run {}\n", escaped_for_terminal(arguments->file),
                                       escaped_for_terminal(arguments->file)));
  });
}

}  // namespace memsim
