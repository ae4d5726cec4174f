// What the fuzzers call with bytes of their own making, and the tests with those of the corpus. Each target returns, or
// fails a check: a hang, a crash and a broken promise are findings alike.
#pragma once

#include <string_view>

namespace memsim::fuzz {

// The scenario loader: it answers with a scenario or with diagnostics, each of them complete, and the same ones when
// asked again.
void fuzz_scenario(std::string_view text);

// The other readers, chosen by the first byte: 'b' a baseline, 'c' a CSV file, 'r' the records of a run. What is
// accepted is what would be written again.
void fuzz_files(std::string_view text);

// What the loader accepts, run for a bounded number of events in a machine of bounded size: no check fails, and the
// invariants hold at the end.
void fuzz_run(std::string_view text);

// The readers of recordings, chosen by the first byte: 't' a trace, which is then replayed where it is small, 'b' the
// counts of free blocks, 'i' /proc/iomem, 'd' a device tree's source, 'a' QNX's address spaces.
void fuzz_recordings(std::string_view text);

}  // namespace memsim::fuzz
