#include <memsim/view/page.hpp>

#include <algorithm>

namespace memsim {
namespace {

// What the page's map_model.js calls them.
enum class Kind : std::uint8_t { allocate, release, reserve, pin, unpin };
enum Flag : std::uint8_t { kContiguous = 1, kMovable = 2, kMoved = 4, kMapping = 8 };

// "app.17" is one of the fleet "app": a picture of who talks to whom has no room for each.
std::string fleet_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  const bool is_instance = dot != std::string_view::npos && dot + 1 < name.size() &&
                           name.find_first_not_of("0123456789", dot + 1) == std::string_view::npos;
  return std::string(is_instance ? name.substr(0, dot) : name);
}

}  // namespace

struct PageView::Change {
  Kind kind = Kind::allocate;
  std::uint8_t flags = 0;
  std::uint64_t object = 0;  // or the reservation's number
  ProcessId pid;
  Call call = Call::msg_send;
  Extent extent;
};

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
  ++traffic_between(record.pid, record.server).messages;
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
  if (record.error != Errno::eok) add_failure(at.time, record.pid, record.call, record.error, record.object);
}

void PageView::on(RunPoint at, const CallCompleted& record) {
  if (record.error != Errno::eok) add_failure(at.time, record.pid, record.call, record.error, {});
}

void PageView::on(const PulseSent& record) { ++traffic_between(record.pid, record.server).pulses; }

void PageView::on(const ObjectCreated& record) {
  objects_[record.object] = {.maker = record.pid, .of_mapping = record.of_mapping, .segments = 0};
}
void PageView::on(const ObjectPopulated& record) { objects_[record.object].segments = record.segment_count; }
void PageView::on(const ObjectDestroyed& record) { objects_.erase(record.object); }

void PageView::on(RunPoint at, const FramesReserved& record) {
  add_change(at.time, {.kind = Kind::reserve, .object = reservations_.size(), .pid = {}, .extent = record.extent});
  reservations_.emplace_back(record.name);
}

void PageView::on(RunPoint at, const FramesAllocated& record) {
  const auto served = served_.find(record.pid);
  Change change{.object = record.object.value(), .pid = record.pid, .extent = {}};
  change.flags = static_cast<std::uint8_t>((record.contiguous ? kContiguous : 0) | (record.movable ? kMovable : 0) |
                                           (objects_[record.object].of_mapping ? kMapping : 0));
  if (served != served_.end()) change.call = served->second;
  object_names_.try_emplace(record.object.value(), names_.object(record.object));
  for (const Extent& extent : record.extents) {
    change.extent = extent;
    add_change(at.time, change);
  }
}

void PageView::on(RunPoint at, const FramesReleased& record) {
  for (const Extent& extent : record.extents) {
    add_change(at.time, {.kind = Kind::release, .object = record.object.value(), .pid = {}, .extent = extent});
  }
}

void PageView::on(RunPoint at, const FramesMoved& record) {
  for (const Extent& extent : record.from) {
    add_change(at.time, {.kind = Kind::release, .object = record.object.value(), .pid = record.pid, .extent = extent});
  }
  for (const Extent& extent : record.to) {
    add_change(at.time, {.flags = kMoved | kMovable,
                         .object = record.object.value(),
                         .pid = objects_[record.object].maker,
                         .extent = extent});
  }
}

void PageView::on(RunPoint at, const FramesPinned& record) {
  for (const Extent& extent : record.extents) {
    add_change(at.time, {.kind = record.pinned ? Kind::pin : Kind::unpin,
                         .object = record.object.value(),
                         .pid = {},
                         .extent = extent});
  }
}

void PageView::on(RunPoint at, const SegmentReply& record) {
  if (!record.cut) return;
  ++short_replies_.count;
  if (short_replies_.first.size() >= limits_.rows) return;
  object_names_.try_emplace(record.object.value(), names_.object(record.object));
  short_replies_.first.push_back(
      {at.time, std::string(names_.process(record.pid)), record.object, record.capacity, record.in_range});
}

void PageView::on(RunPoint at, const RegionSample& record) {
  Region& region = regions_[record.region.value()];
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

void PageView::add_change(SimTime time, const Change& change) {
  if (change_count_ == limits_.changes) {
    ++changes_lost_;
    return;
  }
  ++change_count_;
  change_time_.add(time.value());
  change_kind_.add(static_cast<std::uint64_t>(change.kind));
  change_flags_.add(change.flags);
  change_object_.add(change.object);
  change_pid_.add(change.pid.value());
  change_call_.add(static_cast<std::uint64_t>(change.call));
  change_first_.add(change.extent.first.value());
  change_frames_.add(change.extent.count.count());
}

void PageView::add_failure(SimTime time, ProcessId pid, Call call, Errno error, ObjectId object) {
  ++failed_calls_.count;
  if (failed_calls_.first.size() >= limits_.rows) return;
  if (object != ObjectId()) object_names_.try_emplace(object.value(), names_.object(object));
  failed_calls_.first.push_back({time, std::string(names_.process(pid)), call, error, object});
}

PageView::Traffic& PageView::traffic_between(ProcessId client, ProcessId server) {
  return traffic_[{fleet_of(names_.process(client)), fleet_of(names_.process(server))}];
}

std::string PageView::object_name(ObjectId object) const {
  const auto found = object_names_.find(object.value());
  return found == object_names_.end() ? std::string() : found->second;
}

}  // namespace memsim
