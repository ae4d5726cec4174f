#include "scenario/expect/value_range.hpp"

#include <bit>

#include <fmt/format.h>

#include <memsim/base/collections/unique_names.hpp>

#include "scenario/expect/bound_value.hpp"

namespace memsim::loader {
namespace {

// Of the region that the measure names; 0 where there is none or it is no size for one, which is another's fault.
std::uint64_t frames_of_region(const MeasureValues& measure, const WorldConfig& world) {
  UniqueNames unique;
  for (const RegionConfig& region : world.memory.regions) {
    if (unique.add(region.name) == measure.region) return region.size.count() / world.memory.page_size.bytes().count();
  }
  return 0;
}

std::optional<ValueRange> range_of_each(const MeasureValues& measure, const WorldConfig& world) {
  const SampledMeasureInfo& info = info_of(measure.measure);
  if (info.unit == MeasureUnit::share) {
    return ValueRange{measure.measure == SampledMeasure::fragmentation_index_permille ? -kWholeShare : 0, kWholeShare,
                      info.unit};
  }
  const std::uint64_t frames = frames_of_region(measure, world);
  if (is_of_objects(info.scope) || frames == 0) return std::nullopt;
  // Each block and each run of an order has as many frames; everything else is counted by frames at least.
  const unsigned order = is_by_order(info.scope) ? measure.order.value() : 0;
  return ValueRange{0, static_cast<std::int64_t>(order < 64 ? frames >> order : 0), info.unit};
}

}  // namespace

const MeasureValues* measure_of(const Expectation& expectation) {
  const auto* values = std::get_if<ExpectedValues>(&expectation.what);
  return values == nullptr ? nullptr : std::get_if<MeasureValues>(&values->values);
}

std::optional<ValueRange> range_of(const Expectation& expectation, const WorldConfig& world) {
  if (const auto* probe = std::get_if<ExpectedProbe>(&expectation.what)) {
    if (probe->what != ExpectedProbe::What::failed_share) return std::nullopt;
    return ValueRange{0, kWholeShare, MeasureUnit::share};
  }
  const MeasureValues* measure = measure_of(expectation);
  if (measure == nullptr) return std::nullopt;
  std::optional<ValueRange> range = range_of_each(*measure, world);
  // Of all samples, `mean_milli` is a thousand times as much, without a unit.
  if (!range || std::get<ExpectedValues>(expectation.what).of != Statistic::mean_milli) return range;
  return ValueRange{range->least * 1000, range->most * 1000, MeasureUnit::count};
}

std::optional<Order> largest_order_of(const MeasureValues& measure, const WorldConfig& world) {
  const SampledMeasureInfo& info = info_of(measure.measure);
  const std::uint64_t frames = frames_of_region(measure, world);
  if (is_of_objects(info.scope) || !is_by_order(info.scope) || frames == 0) return std::nullopt;
  return Order(static_cast<unsigned>(std::bit_width(frames)) - 1);
}

std::string range_text(const ValueRange& range) {
  if (range.unit == MeasureUnit::share)
    return fmt::format("{} to {}", range.least / kWholeShare, range.most / kWholeShare);
  return fmt::format("{} to {}{}", range.least, range.most, range.unit == MeasureUnit::frames ? " frames" : "");
}

}  // namespace memsim::loader
