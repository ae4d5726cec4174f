// Importers of traces: recordings of other tools become memsim's own format. Nothing is guessed: what was lost and what
// cannot have happened is counted, and told with the first line where it was seen.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/base/units.hpp>
#include <memsim/replay/trace.hpp>

namespace memsim {

struct ImportCounts {
  // Something that people ought to know of: how often, and the first line of it.
  struct Oddity {
    std::uint64_t count = 0;
    std::uint64_t line = 0;
    void note(std::uint64_t at, std::uint64_t times = 1) {
      if (count == 0) line = at;
      count += times;
    }
  };

  std::uint64_t lines = 0;
  std::uint64_t events = 0;  // written
  std::array<std::uint64_t, 5> by_op{};
  std::uint64_t other_lines = 0;  // comments, and events that concern no page
  Oddity lost;                    // events that the recorder says it dropped
  Oddity lost_unnumbered;         // places where it dropped events without saying how many
  Oddity failed;                  // allocations that failed in the recording
  Oddity held_twice;              // allocations of what is held
  Oddity freed_twice;             // releases of what was released
  Oddity backwards;               // times before the line before; taken as that time
  Oddity unknown_type;            // mobility types that the model has not: CMA as movable, others as unmovable
};

// Text of the kernel's tracer: `trace-cmd report`, `perf script`, the tracer's own file, with or without the function
// graph, of kernels 5.4 to 6.18. Reads mm_page_alloc, mm_page_free, mm_page_alloc_zone_locked, mm_page_pcpu_drain,
// mm_page_alloc_extfrag; passes over mm_page_free_batched, which repeats mm_page_free.
// Errors: cannot be read or written; no page event in it; a page event without a time, a frame or an order.
[[nodiscard]] HostResult<ImportCounts> import_ftrace(const std::string& from, TraceWriter& to,
                                                     const TraceLimits& limits = {});

// Operations as lines of values with commas between. `columns` names them in order, as CsvColumn spells them, '-' for
// one that is passed over; empty: the first line does.
//   time     a number of `time_unit`, with decimals or without; absent: every operation a unit after the one before
//   op       alloc, allocate, a, +; free, release, f, -
//   id       any text: what is given back is named as it was taken
//   size     a size ("64 KiB") or bytes; of a release it may be empty
//   align    the same
//   flags    words of: scattered, contiguous, movable, unmovable, reclaimable
//   cpu      a processor
// Allocations are contiguous and unmovable where nothing says otherwise.
struct CsvOptions {
  std::vector<std::string> columns{};
  SimDuration time_unit{1000};
  PageSize page_size{};
};
[[nodiscard]] HostResult<ImportCounts> import_csv(const std::string& from, const CsvOptions& options, TraceWriter& to,
                                                  const TraceLimits& limits = {});

// What people ought to know of an import, a line each: `path:line: ...`. Nothing where all was well.
[[nodiscard]] std::vector<std::string> import_warnings(const ImportCounts& counts, const std::string& path);

}  // namespace memsim
