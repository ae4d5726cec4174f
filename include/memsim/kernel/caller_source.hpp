// Where the callers of a world come from that are no programs of its scenario: what runs host programs, say.
//
// A scenario names a host program, as plain values; a source, which whoever runs the scenario chooses, makes callers of
// them. There is one for each world, made when the first such thread begins, so that what its callers share (the
// contents of the simulated memory, for instance) is that world's own.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <memsim/base/device_limits.hpp>
#include <memsim/base/units.hpp>
#include <memsim/engine/record_stream.hpp>
#include <memsim/kernel/caller.hpp>

namespace memsim {

struct WorldConfig;

// A program of the host as a scenario names it.
struct HostProgram {
  std::string name;  // what the program is told as its own
  std::string path;  // of the host
  std::vector<std::string> arguments;
  SimDuration compute_per_call;       // processor time that each simulated call is preceded by
  SimDuration per_1000_instructions;  // likewise, for what it computed since its last: measured, so not deterministic
  std::uint64_t host_seconds = 0;     // without a simulated call, after which it is ended; 0: the source's own limit
  bool operator==(const HostProgram&) const = default;
};

// A DMA engine, as a process of its own: see <memsim/dma.h> of the runtime library.
struct DmaDevice {
  DeviceLimits limits;         // of each list of descriptors
  SimDuration setup{1'000};    // before the first byte of a transfer
  SimDuration per_kib{1'000};  // of the data, read and written
  // Of its IOMMU: the sizes that a page may have, ascending. None: it has no IOMMU, and its addresses are physical.
  std::vector<Bytes> iommu_pages{};
  std::uint64_t iommu_entries = UINT64_MAX;  // that its table holds
  bool operator==(const DmaDevice&) const = default;
};

class CallerSource {
 public:
  CallerSource() = default;
  CallerSource(const CallerSource&) = delete;
  CallerSource& operator=(const CallerSource&) = delete;
  virtual ~CallerSource() = default;

  // The caller of a thread that begins; not null.
  [[nodiscard]] virtual std::unique_ptr<Caller> make(const HostProgram& program, const Birth& birth) = 0;
  [[nodiscard]] virtual std::unique_ptr<Caller> make(const DmaDevice& device) = 0;
};

// Makes the source of a world. `records` may be subscribed to and published to by the source and its callers, which end
// before it.
using CallerSourceFactory =
    std::function<std::unique_ptr<CallerSource>(const WorldConfig& config, RecordStream& records)>;

}  // namespace memsim
