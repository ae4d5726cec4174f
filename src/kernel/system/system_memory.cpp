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

const State::Background& meet(Context& context, std::size_t number, const BackgroundConfig& background) {
  State& state = context.state;
  if (state.backgrounds.size() <= number) state.backgrounds.resize(number + 1);
  State::Background& known = state.backgrounds[number];
  if (known.movable != kNoObject) return known;
  const std::string name = fmt::format("background {}", background.name);
  known.movable = create_for_system(state, false);
  known.fixed = create_for_system(state, true);
  for (const ObjectSlot slot : {known.movable, known.fixed}) {
    context.records.publish(ObjectCreated{
        .object = state.objects.at(slot).id, .pid = context.request.pid, .name = name, .of_mapping = true});
  }
  return known;
}

void give_back(Context& context, ObjectSlot slot, PageRange pages) {
  if (slot != kNoObject) release_pages(context, context.state.objects.at(slot), pages);
}

FrameDemand demand_of(const BackgroundConfig& background, const TraceEvent& event) {
  FrameDemand demand{.count = FrameCount(event.count),
                     .contiguity = Contiguity::contiguous,
                     .mobility = event.mobility,
                     .from = background.from,
                     .defragmenting = Defragmenting::refused};
  if ((event.flags & TraceEvent::scattered) != 0) demand.contiguity = Contiguity::scattered;
  demand.place.alignment = FrameCount(std::uint64_t{1} << event.alignment_log2);
  return demand;
}

void allocate(Context& context, MemoryObject& object, PageRange pages, const FrameDemand& demand) {
  State& state = context.state;
  const FrameOwner owner{object.id, context.request.pid};
  auto taken = try_to_take(context, demand);
  if (!taken) return publish_refused(context, object.id, demand, taken.error());
  const Extent tail = taken->allocation.tail;
  state.machine.tell_taken(context.records, owner, offset_of(pages.first, state.page_size()), *taken);
  PageNumber page = pages.first;
  for (const Extent& extent : taken->allocation.extents) {
    object.pages.insert(page, extent);
    page += extent.count;
  }
  if (object.stays_put) state.machine.pin(taken->allocation.extents);
  // No page lies on it, so that nobody would give it back.
  if (!tail.count.is_zero()) {
    state.machine.release(context.records, object.id, std::span(&tail, 1), context.request.cpu);
  }
}

}  // namespace

void play(Context& context, std::size_t number, const BackgroundConfig& background, const TraceEvent& event) {
  const State::Background& objects = meet(context, number, background);
  const PageRange pages{PageNumber(event.first.value()), FrameCount(event.count)};
  give_back(context, objects.movable, pages);
  give_back(context, objects.fixed, pages);
  if (background.frees_start) give_back(context, context.state.held_at_start, pages);
  if (event.op != TraceOp::allocate) return;
  const ObjectSlot owner = event.mobility == Mobility::movable ? objects.movable : objects.fixed;
  allocate(context, context.state.objects.at(owner), pages, demand_of(background, event));
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
