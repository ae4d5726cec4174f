#include <memsim/view/follow/device_book.hpp>

#include <algorithm>
#include <cstdint>

namespace memsim {

void DeviceBook::on(const RunStarted& record) {
  page_size_ = PageSize::of(record.page_size);
  merges_ = record.merge_touching_segments;
}

void DeviceBook::on(const DeviceAdded& record) {
  devices_.push_back({.name = std::string(record.device),
                      .object = std::string(record.object_name),
                      .limits = {.max_length = record.max_length,
                                 .alignment = record.alignment,
                                 .boundary = record.boundary,
                                 .first = record.first,
                                 .last = record.last,
                                 .count = record.descriptors},
                      .need = std::nullopt});
}

void DeviceBook::on(const ObjectCreated& record) {
  if (record.of_mapping) return;
  const auto is_its = [&](const Device& device) { return names_.bears_name(record.object, device.object); };
  if (std::any_of(devices_.begin(), devices_.end(), is_its)) buffers_.try_emplace(record.object, page_size_);
}

void DeviceBook::on(const ObjectDestroyed& record) {
  if (buffers_.erase(record.object) > 0) take_largest();
}

void DeviceBook::on(const ObjectPopulated& record) {
  const auto found = buffers_.find(record.object);
  if (found == buffers_.end()) return;
  // Pages that come one by one are one segment where they touch, whatever the semantics.
  found->second.joined = merges_ || record.backing == decltype(record.backing)::lazy;
  found->second.size = record.size;
  reckon(record.object, found->second);
}

void DeviceBook::on(const FramesMoved& record) {
  const auto found = buffers_.find(record.object);
  if (found == buffers_.end()) return;
  found->second.layout.move(record);
  reckon(record.object, found->second);
}

void DeviceBook::reckon(ObjectId object, Buffer& buffer) {
  const std::vector<Segment> segments = buffer.layout.segments(buffer.size, buffer.joined, SIZE_MAX);
  buffer.needs.assign(devices_.size(), std::nullopt);
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    if (segments.empty() || !names_.bears_name(object, devices_[i].object)) continue;
    buffer.needs[i] = descriptors_for(segments, devices_[i].limits);
  }
  take_largest();
}

void DeviceBook::take_largest() {
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    std::optional<DescriptorNeed>& most = devices_[i].need;
    most.reset();
    for (const auto& [object, buffer] : buffers_) {
      if (i >= buffer.needs.size() || !buffer.needs[i]) continue;
      const DescriptorNeed& need = *buffer.needs[i];
      if (!most) most = DescriptorNeed();
      most->descriptors = std::max(most->descriptors, need.descriptors);
      most->unreachable = std::max(most->unreachable, need.unreachable);
    }
  }
}

}  // namespace memsim
