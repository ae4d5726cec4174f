// The judge of how many descriptors a device takes, at each change of its objects.
#include <algorithm>
#include <limits>

#include <memsim/engine/view.hpp>
#include <memsim/view/follow/device_book.hpp>

#include "campaign/expect/judged_series.hpp"

namespace memsim::campaign {
namespace {

class DescriptorsJudge final : public CopyableJudge<DescriptorsJudge> {
 public:
  DescriptorsJudge(const Expectation& expectation, const ExpectedValues& what)
      : device_(std::get<DescriptorValues>(what.values).device), series_(expectation, what, "change") {}

  [[nodiscard]] std::span<const RecordKind> wanted() const override { return kinds_handled_by<DescriptorsJudge>(); }
  void on_record(const RecordView& record, const NameBook&) override { tell(*this, record); }

  auto followers() { return std::tie(devices_); }
  void on(RunPoint at, const ObjectPopulated&) { add(at); }
  void on(RunPoint at, const ObjectDestroyed&) { add(at); }
  void on(RunPoint at, const FramesMoved&) { add(at); }
  void on(RunPoint at, const RunEnded&) { series_.end(at.time); }

  [[nodiscard]] Finding finding() const override { return series_.finding(); }

 private:
  void add(RunPoint at) {
    const auto is_it = [&](const DeviceBook::Device& device) { return device.name == device_; };
    const auto device = std::find_if(devices_.devices().begin(), devices_.devices().end(), is_it);
    if (device == devices_.devices().end() || !device->need || device->need == last_) return;
    last_ = device->need;
    // No number of descriptors will do for what is out of reach.
    const bool is_in_reach = device->need->unreachable == 0;
    series_.add(
        is_in_reach ? static_cast<std::int64_t>(device->need->descriptors) : std::numeric_limits<std::int64_t>::max(),
        at);
  }

  const std::string& device_;
  DeviceBook devices_;
  std::optional<DescriptorNeed> last_;
  JudgedSeries series_;
};

}  // namespace

std::unique_ptr<Judge> make_judge_of_descriptors(const Expectation& expectation, const ExpectedValues& what) {
  return std::make_unique<DescriptorsJudge>(expectation, what);
}

}  // namespace memsim::campaign
