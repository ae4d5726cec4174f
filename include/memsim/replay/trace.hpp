// A trace: which pages of a machine were taken and given back, event by event, as it streams past.
//
// Pages are named as the recording named them, by their frame there: that is their *identity*. Whoever replays a trace
// lets its own allocator choose the places and keeps the map from identity to place.
//
// A recording of a Linux kernel holds two layers of the same day, of which one is replayed:
//   page layer  what callers asked for and gave back: `allocate`, `release`, `grow`. An allocator needs its own lists
//               per processor to serve it as the kernel did.
//   zone layer  what passed under the zone's lock: `take`, `give`, `grow`. It says when those lists were filled.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/base/ids.hpp>
#include <memsim/base/units.hpp>
#include <memsim/phys/request.hpp>

namespace memsim {

enum class TraceOp : std::uint8_t { allocate, release, take, give, grow };
enum class TraceLayer : std::uint8_t { page, zone };

constexpr bool takes(TraceOp op) { return op == TraceOp::allocate || op == TraceOp::take; }
// Memory that grows is of both layers.
constexpr bool is_of(TraceOp op, TraceLayer layer) {
  switch (op) {
    case TraceOp::allocate:
    case TraceOp::release:
      return layer == TraceLayer::page;
    case TraceOp::take:
    case TraceOp::give:
      return layer == TraceLayer::zone;
    case TraceOp::grow:
      break;
  }
  return true;
}

struct TraceEvent {
  // What is known beyond the fields. A release with `bypass` went past the lists of its processor, because an interrupt
  // held them. A `typed` give or take says the mobility of its page block; a take that is not was served by a fallback
  // from another type than it asked for. A `scattered` allocation need not be one run.
  enum Flag : std::uint8_t { typed = 1, bypass = 2, scattered = 4 };

  SimTime time;             // since the recording began; never falls
  FrameNumber first;        // the identity of the first page; the others follow
  std::uint32_t count = 1;  // pages, 1..2^31; a power of two in recordings of a kernel
  CpuId cpu{};              // on which processor
  TraceOp op = TraceOp::allocate;
  Mobility mobility = Mobility::movable;  // allocate: asked for; take: of the request; give: see `typed`
  std::uint8_t flags = 0;
  std::uint8_t alignment_log2 = 0;  // of an allocation, in pages; a block of a power of two is aligned to itself anyway

  constexpr bool operator==(const TraceEvent&) const = default;
};

// What a trace says of itself before its first event. Unknown facts are zero or empty.
struct TraceHeader {
  std::string format;  // "memsim-trace 1", "pal-trace 1"
  PageSize page_size{};
  Extent pages{};      // identities lie in here, where the trace says so
  std::string origin;  // a line for people: what was recorded
};

// memsim's own format comes in two forms with the same content: lines for people and their tools, or bytes, which are
// smaller and faster. docs/traces.md specifies both.
enum class TraceForm : std::uint8_t { text, binary };

// Caps on what a hostile file may make of us; each can be raised. A trace is streamed, so its length costs time only.
struct TraceLimits {
  std::uint64_t events = std::uint64_t{1} << 36;
  std::uint64_t blocks = std::uint64_t{1} << 26;  // lines of a list of free blocks
  std::size_t line_bytes = std::size_t{1} << 16;
  Bytes decompressor{std::uint64_t{1} << 30};
};

class TraceReader {
 public:
  virtual ~TraceReader() = default;
  TraceReader(const TraceReader&) = delete;
  TraceReader& operator=(const TraceReader&) = delete;

  [[nodiscard]] virtual const TraceHeader& header() const = 0;
  // Replaces `events` by the next ones: at least one, none at the end. An error (damaged, cut, impossible numbers) has
  // the file's line; the events before it have been handed out by then, and none follow.
  [[nodiscard]] virtual HostResult<void> next(std::vector<TraceEvent>& events) = 0;

 protected:
  TraceReader() = default;
};

// Opens a trace in memsim's own text or binary form, or a pal-trace; compressed by xz, zstd or gzip, or not.
// Errors: cannot be read (host_failed); none of these formats, or another compression than its name says (bad_input).
[[nodiscard]] HostResult<std::unique_ptr<TraceReader>> open_trace(const std::string& path,
                                                                  const TraceLimits& limits = {});

// Writes a trace, event by event. Under a temporary name until finish(), so that no half of one is ever found.
class TraceWriter {
 public:
  // Compressed as the name says: .xz, .zst, .gz, or not. Errors (host_failed): cannot be created.
  [[nodiscard]] static HostResult<TraceWriter> create(const std::string& path, const TraceHeader& header,
                                                      TraceForm form);
  TraceWriter(TraceWriter&&) noexcept;
  TraceWriter& operator=(TraceWriter&&) noexcept;
  ~TraceWriter();  // without finish(): leaves nothing

  // Requires: time does not fall. Errors: host_failed.
  [[nodiscard]] HostResult<void> write(const TraceEvent& event);
  [[nodiscard]] HostResult<void> finish();
  [[nodiscard]] std::uint64_t events() const;

 private:
  class Impl;
  explicit TraceWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The same events from a thread of its own that reads ahead, at most a few batches.
[[nodiscard]] std::unique_ptr<TraceReader> read_ahead(std::unique_ptr<TraceReader> reader);

}  // namespace memsim
