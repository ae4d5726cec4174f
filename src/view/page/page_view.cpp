#include <memsim/view/page.hpp>

#include <algorithm>

#include "view/page/stories.hpp"

namespace memsim {
namespace {

using Kind = MapChange::Kind;

// Nobody's, or the memory manager's own: what plays beside the processes, or was held at the start.
bool is_of_background(ProcessId pid) { return pid == ProcessId() || pid == kMemmgrPid; }

std::uint8_t flags_of(const FramesAllocated& record, bool of_mapping) {
  unsigned flags = 0;
  if (record.contiguous) flags |= MapChange::kContiguous;
  if (record.mobility == Mobility::movable) flags |= MapChange::kMovable;
  if (record.mobility == Mobility::reclaimable) flags |= MapChange::kReclaimable;
  if (of_mapping) flags |= MapChange::kMapping;
  if (is_of_background(record.pid)) flags |= MapChange::kBackground;
  return static_cast<std::uint8_t>(flags);
}

}  // namespace

void PageView::on(const RunStarted& record) { page_size_ = record.page_size; }

void PageView::on(const RegionAdded& record) {
  Region region;
  region.name = record.name;
  region.first = FrameNumber(record.base.value() / page_size_.count());
  region.frames = record.frames;
  region.general = record.general;
  regions_.push_back(std::move(region));
}

void PageView::on(const ProcessStarted& record) { processes_.emplace_back(record.pid, record.name); }

void PageView::on(const MessageSent& record) {
  if (record.server == kMemmgrPid) on_their_way_[record.message] = {record.pid, record.call};
}

// What the memory manager does next for a client is this call's doing.
void PageView::on(const MessageReceived& record) {
  const auto sent = on_their_way_.find(record.message);
  if (sent == on_their_way_.end()) return;
  served_[sent->second.first] = sent->second.second;
  on_their_way_.erase(sent);
}

void PageView::on(RunPoint at, const MessageReplied& record) {
  on_their_way_.erase(record.message);
  Cost& cost = costs_[{record.pid, record.call}];
  const SimDuration waited = at.time - record.sent;
  ++cost.messages;
  cost.waited = saturating_add(cost.waited, waited);
  cost.worst = std::max(cost.worst, waited);
  if (record.error != Errno::eok) add_failure(at.time, record.pid, record.call, record.error, record.object);
}

void PageView::on(RunPoint at, const CallCompleted& record) {
  if (record.error != Errno::eok) add_failure(at.time, record.pid, record.call, record.error, {});
}

void PageView::on(const ObjectCreated& record) {
  objects_[record.object] = {.maker = record.pid, .of_mapping = record.of_mapping, .segments = 0};
  // It is called by its name: "held at the start", "background runtimes".
  if (record.pid == kMemmgrPid) object_names_[record.object] = record.name;
}
void PageView::on(const ObjectPopulated& record) { objects_[record.object].segments = record.segment_count; }
void PageView::on(const ObjectDestroyed& record) { objects_.erase(record.object); }

void PageView::on(RunPoint at, const FramesReserved& record) {
  changes_.add({.time = at.time,
                .extent = record.extent,
                .object = static_cast<std::uint32_t>(reservations_.size()),
                .pid = {},
                .kind = Kind::reserve});
  reservations_.emplace_back(record.name);
}

void PageView::on(RunPoint at, const FramesAdded& record) {
  changes_.add({at.time, record.extent, 0, record.pid, Call::msg_send, Kind::release});
}

void PageView::on(RunPoint at, const FramesAllocated& record) {
  const auto served = served_.find(record.pid);
  const auto object = objects_.find(record.object);
  MapChange change{.time = at.time, .extent = {}, .object = record.object.value(), .pid = record.pid};
  change.flags = flags_of(record, object != objects_.end() && object->second.of_mapping);
  if (served != served_.end()) change.call = served->second;
  if (object_names_.size() < limits_.changes) remember_name(record.object);
  for (const Extent& extent : record.extents) {
    change.extent = extent;
    changes_.add(change);
  }
}

void PageView::on(RunPoint at, const FramesReleased& record) {
  for (const Extent& extent : record.extents) {
    changes_.add({at.time, extent, record.object.value(), ProcessId(), Call::msg_send, Kind::release});
  }
}

void PageView::on(RunPoint at, const FramesMoved& record) {
  for (const Extent& extent : record.from) {
    changes_.add({at.time, extent, record.object.value(), record.pid, Call::msg_send, Kind::release});
  }
  const auto object = objects_.find(record.object);
  const ProcessId maker = object == objects_.end() ? ProcessId() : object->second.maker;
  unsigned flags = MapChange::kMoved | MapChange::kMovable;
  if (is_of_background(maker)) flags |= MapChange::kBackground;
  for (const Extent& extent : record.to) {
    changes_.add({at.time, extent, record.object.value(), maker, Call::msg_send, Kind::allocate,
                  static_cast<std::uint8_t>(flags)});
  }
}

void PageView::on(RunPoint at, const FramesPinned& record) {
  const Kind kind = record.pinned ? Kind::pin : Kind::unpin;
  for (const Extent& extent : record.extents) {
    changes_.add({at.time, extent, record.object.value(), ProcessId(), Call::msg_send, kind});
  }
}

void PageView::on(RunPoint at, const SegmentReply& record) {
  if (!record.cut) return;
  ++short_replies_.count;
  if (short_replies_.first.size() >= limits_.rows) return;
  remember_name(record.object);
  short_replies_.first.push_back(
      {at.time, std::string(names_.process(record.pid)), record.object, record.capacity, record.in_range});
}

void PageView::on(RunPoint at, const RegionSample& record) {
  Region& region = regions_[record.region.value()];
  const bool is_scattered = record.largest_free_run + record.largest_free_run < record.free;
  region.scattered_since = is_scattered ? std::min(region.scattered_since, at.time) : never();
  if (region.samples == limits_.samples) return;
  region.time.add(at.time.value());
  region.free.add(record.free.count());
  region.largest.add(record.largest_free_run.count());
  // An order that had no block before gets its zeros now.
  while (region.blocks.size() < record.free_blocks.size()) {
    PackedColumn& added = region.blocks.emplace_back();
    for (std::uint64_t i = 0; i < region.samples; ++i) added.add(0);
  }
  for (std::size_t order = 0; order < region.blocks.size(); ++order) {
    const std::uint64_t count = order < record.free_blocks.size() ? record.free_blocks[order] : 0;
    region.blocks[order].add(count);
    if (count > 0) region.orders = std::max(region.orders, static_cast<unsigned>(order) + 1);
  }
  ++region.samples;
}

void PageView::on(RunPoint at, const ObjectSample& record) {
  if (object_samples_ == limits_.samples) return;
  ++object_samples_;
  object_time_.add(at.time.value());
  const std::array values = {record.object_count, record.segments_min, record.segments_median, record.segments_p99,
                             record.segments_max};
  for (std::size_t i = 0; i < values.size(); ++i) object_values_[i].add(values[i]);
}

void PageView::on(RunPoint at, const ProbeResult& record) {
  auto probe = std::find_if(probes_.begin(), probes_.end(), [&](const Probe& p) { return p.name == record.probe; });
  if (probe == probes_.end()) {
    probes_.push_back({.name = std::string(record.probe), .time = PackedColumn()});
    probe = probes_.end() - 1;
  }
  if (probe->samples == limits_.samples) return;
  ++probe->samples;
  probe->time.add(at.time.value());
  probe->ok.add(record.would_succeed ? 1 : 0);
}

void PageView::add_failure(SimTime time, ProcessId pid, Call call, Errno error, ObjectId object) {
  ++failed_calls_.count;
  if (failed_calls_.first.size() >= limits_.rows) return;
  remember_name(object);
  failed_calls_.first.push_back({time, std::string(names_.process(pid)), call, error, object});
}

void PageView::remember_name(ObjectId object) {
  const std::string_view name = names_.object(object);
  if (!name.empty()) object_names_.try_emplace(object, name);
}

std::string PageView::object_name(ObjectId object) const {
  const auto found = object_names_.find(object);
  return found == object_names_.end() ? std::string() : found->second;
}

}  // namespace memsim
