#include "kernel/system/system_memory.hpp"

#include <fmt/format.h>

#include "kernel/objects/objects.hpp"

namespace memsim::memmgr {
namespace {

ObjectSlot create_for_system(State& state, bool stays_put) {
  const ObjectSlot slot = state.objects.create();
  MemoryObject& object = state.objects.at(slot);
  object.kind = ObjectKind::anonymous;
  object.of_mapping = true;  // its memory is a PageMap
  object.of_system = true;
  object.stays_put = stays_put;
  return slot;
}

// The pages of the zone that are held at the start, once somebody may give them back.
void note_kept_at_start(State& state, Extent zone) {
  if (state.held_at_start == kNoObject) return;
  state.kept_at_start = PageSet({PageNumber(zone.first.value()), zone.count});
  const auto add = [&state](PageNumber page, Extent frames) { state.kept_at_start.add({page, frames.count}); };
  state.objects.at(state.held_at_start).pages.for_each_run(add);
}

State::Background& meet(Context& context, std::size_t number, const BackgroundConfig& background) {
  State& state = context.state;
  if (state.backgrounds.size() <= number) state.backgrounds.resize(number + 1);
  State::Background& known = state.backgrounds[number];
  if (known.movable != kNoObject) return known;
  const std::string name = fmt::format("background {}", background.name);
  const PhysicalMemory& memory = state.memory();
  known.from = background.from.empty() ? memory.general() : memory.lists_of(background.from);
  known.movable = create_for_system(state, false);
  known.fixed = create_for_system(state, true);
  for (const ObjectSlot slot : {known.movable, known.fixed}) {
    state.objects.at(slot).by_identity = true;
    context.records.publish(ObjectCreated{
        .object = state.objects.at(slot).id, .pid = context.request.pid, .name = name, .of_mapping = true});
  }
  if (background.zone) note_kept_at_start(state, *background.zone);
  return known;
}

void cut_into_frames(std::vector<Extent>& extents) {
  std::vector<Extent> frames;
  for (const Extent& extent : extents) {
    for (FrameNumber frame = extent.first; frame < extent.end(); frame += FrameCount(1)) {
      frames.push_back({frame, FrameCount(1)});
    }
  }
  extents = std::move(frames);
}

// How the frames come back: as the blocks that lie behind the pages, or each by itself.
enum class Pieces : bool { blocks, frames };

// Gives back what the object has of the pages; how many.
std::uint64_t give_back(Context& context, ObjectSlot slot, PageRange pages, Pieces pieces = Pieces::blocks) {
  State& state = context.state;
  MemoryObject& object = state.objects.at(slot);
  std::vector<Extent>& extents = state.given_back;
  extents.clear();
  object.take_pages(pages, extents);
  if (extents.empty()) return 0;
  if (pieces == Pieces::frames) cut_into_frames(extents);
  if (object.stays_put) state.machine.unpin(extents);
  state.machine.release(context.records, object.id, extents, context.request.cpu);
  std::uint64_t frames = 0;
  for (const Extent& extent : extents) frames += extent.count.count();
  return frames;
}

std::uint64_t give_back_everywhere(Context& context, const State::Background& objects, PageRange pages,
                                   const BackgroundConfig& background, Pieces pieces) {
  State& state = context.state;
  std::uint64_t frames = give_back(context, objects.movable, pages) + give_back(context, objects.fixed, pages);
  if (!background.frees_start || state.held_at_start == kNoObject || frames == pages.count.count()) return frames;
  // Of a zone it is known at a look.
  if (background.zone && !state.kept_at_start.has_any_of(pages)) return frames;
  frames += give_back(context, state.held_at_start, pages, pieces);
  if (background.zone) state.kept_at_start.remove(pages);
  return frames;
}

// What a kernel takes for itself claims no area, however long its blocks.
FrameDemand demand_of(const State::Background& background, const TraceEvent& event) {
  FrameDemand demand{.count = FrameCount(event.count),
                     .contiguity = Contiguity::contiguous,
                     .mobility = event.mobility,
                     .from = &background.from,
                     .areas = event.mobility == Mobility::movable ? Areas::allowed : Areas::refused,
                     .defragmenting = Defragmenting::refused};
  if ((event.flags & TraceEvent::scattered) != 0) demand.contiguity = Contiguity::scattered;
  demand.place.alignment = FrameCount(std::uint64_t{1} << event.alignment_log2);
  return demand;
}

void allocate(Context& context, MemoryObject& object, PageRange pages, const FrameDemand& demand,
              BackgroundCounts& counts) {
  State& state = context.state;
  const FrameOwner owner{object.id, context.request.pid};
  auto taken = try_to_take(context, demand);
  if (!taken) {
    ++counts.refused;
    counts.refused_frames += pages.count.count();
    return publish_refused(context, object.id, demand, taken.error());
  }
  const Extent tail = taken->allocation.tail;
  state.machine.tell_taken(context.records, owner, offset_of(pages.first, state.page_size()), *taken);
  object.put_pages(pages.first, taken->allocation.extents);
  const bool is_same =
      taken->allocation.extents.size() == 1 && taken->allocation.extents.front().first.value() == pages.first.value();
  counts.same_place += is_same ? 1 : 0;
  if (object.stays_put) state.machine.pin(taken->allocation.extents);
  // No page lies on it, so that nobody would give it back.
  if (!tail.count.is_zero()) {
    state.machine.release(context.records, object.id, std::span(&tail, 1), context.request.cpu);
  }
}

}  // namespace

void play(Context& context, std::size_t number, const BackgroundConfig& background, const TraceEvent& event,
          Share share) {
  State::Background& objects = meet(context, number, background);
  BackgroundCounts& counts = objects.counts;
  ++counts.events;
  if (background.zone && !background.zone->contains(Extent{event.first, FrameCount(event.count)})) {
    ++counts.outside;
    return;
  }
  const PageRange pages{PageNumber(event.first.value()), FrameCount(event.count)};
  // By what blocks pages of the start came back unseen nobody knows.
  const Pieces pieces = takes(event.op) ? Pieces::frames : Pieces::blocks;
  const std::uint64_t given = give_back_everywhere(context, objects, pages, background, pieces);
  if (!takes(event.op)) {
    ++counts.releases;
    counts.passed_over_frames += pages.count.count() - given;
    return;
  }
  counts.replaced_frames += given;
  if (share == Share::left_out) {
    ++counts.left_out;
    return;
  }
  ++counts.allocations;
  const ObjectSlot owner = event.mobility == Mobility::movable ? objects.movable : objects.fixed;
  allocate(context, context.state.objects.at(owner), pages, demand_of(objects, event), counts);
}

void hold_at_start(State& state) {
  const std::vector<Extent> held = state.memory().frames_held();
  if (held.empty()) return;
  state.held_at_start = create_for_system(state, true);
  MemoryObject& object = state.objects.at(state.held_at_start);
  for (const Extent& extent : held) {
    object.pages.insert(PageNumber(extent.first.value()), extent);
    state.frames_at_boot -= extent.count;
  }
  state.machine.pin(held);
}

}  // namespace memsim::memmgr
