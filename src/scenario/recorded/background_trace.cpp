#include "scenario/recorded/background_trace.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

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

void note(ByteHasher& content, const TraceEvent& event) {
  const std::array<std::uint64_t, 3> numbers = {
      event.time.value(), event.first.value() << 32U | event.count,
      std::uint64_t{event.cpu.value()} << 32U | static_cast<std::uint64_t>(event.op) << 24U |
          static_cast<std::uint64_t>(event.mobility) << 16U | std::uint64_t{event.flags} << 8U | event.alignment_log2};
  for (const std::uint64_t number : numbers) {
    std::array<std::uint8_t, 8> bytes{};
    for (unsigned i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
    content.add(std::as_bytes(std::span(bytes)));
  }
}

HostResult<std::shared_ptr<const BackgroundTrace>> look_at(const std::string& path) {
  HostResult<std::unique_ptr<TraceReader>> trace = open_trace(path);
  if (!trace) return Unexpected(std::move(trace).error());
  auto look = std::make_shared<BackgroundTrace>();
  look->page_size = (*trace)->header().page_size;
  auto kept = std::make_shared<Events>();
  ByteHasher content;
  for (Events events;;) {
    HostResult<void> read = (*trace)->next(events);
    if (!read) return Unexpected(std::move(read).error());
    if (events.empty()) break;
    look->length = events.back().time - SimTime();
    for (const TraceEvent& event : events) {
      if (event.op != TraceOp::allocate && event.op != TraceOp::release) continue;
      note(content, event);
      if (++look->events <= kKeptMax) kept->push_back(event);
    }
  }
  look->content = content.value();
  if (look->events <= kKeptMax) {
    kept->shrink_to_fit();
    look->open = [header = (*trace)->header(), kept]() -> HostResult<std::unique_ptr<TraceReader>> {
      return std::make_unique<KeptTrace>(header, kept);
    };
  } else {
    look->open = [path] { return open_trace(path); };
  }
  return std::shared_ptr<const BackgroundTrace>(std::move(look));
}

}  // namespace

HostResult<std::shared_ptr<const BackgroundTrace>> background_trace(host::FileStore* store, const std::string& path) {
  if (store == nullptr) return look_at(path);
  return store->made_once<BackgroundTrace>("background " + path, [&] { return look_at(path); });
}

}  // namespace memsim::loader
