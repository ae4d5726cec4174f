#include "view/records/record_rules.hpp"

#include <bit>

#include <memsim/view/measure/sampled_value.hpp>

namespace memsim {
namespace {

constexpr FrameCount kRegionFramesMax{std::uint64_t{1} << 32};
constexpr FrameNumber kFrameEnd{std::uint64_t{1} << 52};
constexpr FrameCount kFramesMax{std::uint64_t{1} << 62};  // of any sum over a run
constexpr SimTime kTimeEnd{std::uint64_t{1} << 63};

bool is_possible(const Extent& extent) {
  return !extent.count.is_zero() && extent.first < kFrameEnd && extent.count <= kFrameEnd - extent.first;
}

// The frames that blocks by order hold together, or nothing where they are more than a region has.
std::optional<FrameCount> frames_of(std::span<const std::uint64_t> blocks) {
  FrameCount frames;
  for (std::size_t order = 0; order < blocks.size(); ++order) {
    if (blocks[order] == 0) continue;
    if (order > 32 || blocks[order] > kRegionFramesMax.count() >> order) return std::nullopt;
    frames += FrameCount(blocks[order] << order);
    if (frames > kRegionFramesMax) return std::nullopt;
  }
  return frames;
}

}  // namespace

RecordRules::Fault RecordRules::fault_of_place(SimTime time, RecordKind kind) {
  if (has_ended_) return "a record behind the end of the run";
  if (has_started_ != (kind != RecordKind::run_started)) return "a run has one run_started, its first record";
  if (time < now_ || time >= kTimeEnd) return "the time is before that of the record above, or past the last one";
  now_ = time;
  has_started_ = true;
  has_ended_ = kind == RecordKind::run_ended;
  return std::nullopt;
}

RecordRules::Fault RecordRules::fault_in(const RunStarted& record) {
  constexpr Bytes kSmallest = PageSize(9).bytes();
  constexpr Bytes kLargest = PageSize(40).bytes();
  page_size_ = record.page_size;
  const bool is_in_range = kSmallest <= page_size_ && page_size_ <= kLargest;
  if (!is_in_range || !std::has_single_bit(page_size_.count())) return "no machine has such pages";
  return std::nullopt;
}

RecordRules::Fault RecordRules::fault_in(const RegionAdded& record) {
  if (record.region.value() != regions_) return "regions are numbered from 0 in their order";
  ++regions_;
  if (record.frames > kRegionFramesMax) return "the region is too large";
  return std::nullopt;
}

RecordRules::Fault RecordRules::fault_in(const CmaArea& record) const {
  if (record.region.value() >= regions_) return "the region was not added";
  return std::nullopt;
}

RecordRules::Fault RecordRules::fault_in(const DeviceAdded& record) {
  const bool has_boundary = !record.boundary.is_zero();
  const bool is_possible =
      std::has_single_bit(record.alignment.count()) && record.max_length >= record.alignment &&
      (!has_boundary || (std::has_single_bit(record.boundary.count()) && record.boundary >= record.alignment));
  if (!is_possible) return "no device has such limits";
  return std::nullopt;
}

RecordRules::Fault RecordRules::fault_in(const ProcessStarted& record) {
  ++processes_;
  if (record.pid.value() != processes_) return "processes are numbered from 1 in their order";
  return std::nullopt;
}

RecordRules::Fault RecordRules::fault_in(const MessageReplied& record) {
  const bool is_received_later = record.received > now_ && record.received != never();
  if (record.sent > now_ || is_received_later) return "the message began after its end";
  return std::nullopt;
}

RecordRules::Fault RecordRules::fault_in(const CallCompleted& record) {
  if (record.started > now_) return "the call began after its end";
  return std::nullopt;
}

RecordRules::Fault RecordRules::fault_in(const FramesAllocated& record) {
  const FrameCount last = record.extents.empty() ? FrameCount() : record.extents.back().count;
  if (!record.tail.is_zero() && record.tail >= last) return "a page lies before a tail";
  if (record.object == ObjectId()) return "frames are an object's";
  return taken(record.extents);
}

RecordRules::Fault RecordRules::fault_in(const FramesMoved& record) {
  if (const Fault fault = returned(record.from)) return fault;
  for (const Extent& extent : record.from) moved_ += extent.count;
  if (moved_ > kFramesMax) return "more frames than a machine has";
  return taken(record.to);
}

RecordRules::Fault RecordRules::fault_in(const FramesVacated& record) {
  for (const Extent& extent : record.extents) {
    if (!is_possible(extent) || extent.count > moved_) return "more frames than were moved";
    moved_ -= extent.count;
  }
  return std::nullopt;
}

RecordRules::Fault RecordRules::fault_in(const RegionSample& record) {
  if (record.region.value() >= regions_) return "the region was not added";
  const std::optional<FrameCount> in_blocks = frames_of(record.free_blocks);
  const bool is_consistent = record.free <= record.total && record.total <= kRegionFramesMax &&
                             record.largest_free_run <= record.free && in_blocks == record.free &&
                             record.large_page_ranges_pinned <= record.large_page_ranges;
  if (!is_consistent) return "these counts contradict each other";
  const std::uint64_t possible = large_pages_possible(record.free, page_size_);
  if (possible > 0 && record.large_pages_free > possible) return "more large pages are free than frames";
  return std::nullopt;
}

RecordRules::Fault RecordRules::fault_in(const SegmentLengthSample& record) {
  constexpr std::size_t kLengths = 53;  // up to 2^52, and there are no more frames
  if (record.segments_by_log2.size() > kLengths) return "no machine has such long segments";
  return std::nullopt;
}

RecordRules::Fault RecordRules::taken(std::span<const Extent> extents) {
  for (const Extent& extent : extents) {
    if (!is_possible(extent)) return "no machine has such frames";
    taken_ += extent.count;
    if (taken_ > kFramesMax) return "more frames than a machine has";
  }
  return std::nullopt;
}

RecordRules::Fault RecordRules::returned(std::span<const Extent> extents) {
  for (const Extent& extent : extents) {
    if (!is_possible(extent)) return "no machine has such frames";
    if (extent.count > taken_) return "more frames are given back than were taken";
    taken_ -= extent.count;
  }
  return std::nullopt;
}

}  // namespace memsim
