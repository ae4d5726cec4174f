#include "scenario/recorded/background_trace.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <memsim/engine/fingerprint.hpp>

namespace memsim::loader {
namespace {

using Events = std::vector<TraceEvent>;

constexpr std::size_t kKeptMax = std::size_t{1} << 20;  // 32 MiB
constexpr std::size_t kBatch = 4096;

class KeptTrace final : public TraceReader {
 public:
  KeptTrace(TraceHeader header, std::shared_ptr<const Events> events)
      : header_(std::move(header)), events_(std::move(events)) {}

  [[nodiscard]] const TraceHeader& header() const override { return header_; }
  [[nodiscard]] HostResult<void> next(Events& events) override {
    const std::span<const TraceEvent> batch = std::span(*events_).subspan(at_, std::min(kBatch, events_->size() - at_));
    events.assign(batch.begin(), batch.end());
    at_ += batch.size();
    return {};
  }

 private:
  TraceHeader header_;
  std::shared_ptr<const Events> events_;
  std::size_t at_ = 0;
};

// The hash of events, in a byte order of its own, so that all machines have the same.
class EventHash {
 public:
  void add(const TraceEvent& event) {
    add(event.time.value());
    add(event.first.value() << 32U | event.count);
    add(std::uint64_t{event.cpu.value()} << 32U | static_cast<std::uint64_t>(event.op) << 24U |
        static_cast<std::uint64_t>(event.mobility) << 16U | std::uint64_t{event.flags} << 8U | event.alignment_log2);
  }
  [[nodiscard]] std::uint64_t value() const {
    ByteHasher all = hasher_;
    all.add(std::as_bytes(std::span(bytes_).first(used_)));
    return all.value();
  }

 private:
  void add(std::uint64_t number) {
    if (used_ == bytes_.size()) {
      hasher_.add(std::as_bytes(std::span(bytes_)));
      used_ = 0;
    }
    for (unsigned i = 0; i < 8; ++i) bytes_[used_++] = static_cast<std::uint8_t>(number >> (8 * i));
  }

  ByteHasher hasher_;
  std::array<std::uint8_t, 6144> bytes_{};  // that the hasher has not got yet
  std::size_t used_ = 0;
};

HostResult<std::unique_ptr<TraceReader>> open_ahead(const std::string& path, const TraceLimits& limits) {
  HostResult<std::unique_ptr<TraceReader>> trace = open_trace(path, limits);
  if (!trace) return trace;
  return read_ahead(std::move(*trace));
}

HostResult<std::shared_ptr<const BackgroundTrace>> look_at(const std::string& path, const RecordedAs& as) {
  HostResult<std::unique_ptr<TraceReader>> trace = open_ahead(path, as.limits);
  if (!trace) return Unexpected(std::move(trace).error());
  auto look = std::make_shared<BackgroundTrace>();
  look->page_size = (*trace)->header().page_size;
  look->inference = StartInference(as.zone, as.page_block_order);
  auto kept = std::make_shared<Events>();
  EventHash content;
  for (Events events;;) {
    HostResult<void> read = (*trace)->next(events);
    if (!read) return Unexpected(std::move(read).error());
    if (events.empty()) break;
    look->length = events.back().time - SimTime();
    for (const TraceEvent& event : events) {
      look->inference.see(event);
      if (!is_of(event.op, as.layer)) continue;
      content.add(event);
      look->cpus = std::max(look->cpus, event.cpu.value() + 1U);
      if (++look->events <= kKeptMax) kept->push_back(event);
    }
    if (look->events > kKeptMax) Events().swap(*kept);
  }
  look->content = content.value();
  if (look->events <= kKeptMax) {
    kept->shrink_to_fit();
    look->open = [header = (*trace)->header(), kept]() -> HostResult<std::unique_ptr<TraceReader>> {
      return std::make_unique<KeptTrace>(header, kept);
    };
  } else {
    look->open = [path, limits = as.limits] { return open_ahead(path, limits); };
  }
  return std::shared_ptr<const BackgroundTrace>(std::move(look));
}

}  // namespace

HostResult<std::shared_ptr<const BackgroundTrace>> background_trace(host::FileStore* store, const std::string& path,
                                                                    const RecordedAs& as) {
  if (store == nullptr) return look_at(path, as);
  const std::string key = fmt::format("background {} layer {} zone {:x} {:x} {}", path, static_cast<unsigned>(as.layer),
                                      as.zone.first.value(), as.zone.count.count(), as.page_block_order);
  return store->made_once<BackgroundTrace>(key, [&] { return look_at(path, as); });
}

}  // namespace memsim::loader
