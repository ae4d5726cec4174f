#include "kernel/memmgr/memory_manager.hpp"

#include <utility>

#include <memsim/base/check.hpp>
#include <memsim/kernel/world_change.hpp>

#include "kernel/memmgr/memory_calls.hpp"
#include "kernel/objects/defragment.hpp"
#include "kernel/objects/descriptors.hpp"
#include "kernel/objects/mappings.hpp"
#include "kernel/objects/show.hpp"
#include "kernel/objects/state.hpp"
#include "kernel/system/system_memory.hpp"

namespace memsim {

MemoryWork& MemoryWork::operator+=(const MemoryWork& other) {
  allocator += other.allocator;
  frames_zeroed += other.frames_zeroed;
  frames_freed += other.frames_freed;
  frames_moved += other.frames_moved;
  pages_mapped += other.pages_mapped;
  pages_unmapped += other.pages_unmapped;
  page_faults += other.page_faults;
  segments_walked += other.segments_walked;
  segment_seek_steps += other.segment_seek_steps;
  address_translations += other.address_translations;
  return *this;
}

namespace memmgr {
namespace {

// Gives up everything that the process holds.
void clear_process(Context& context) {
  remove_mappings(context, {AddressSpace::kLowest, AddressSpace::kEnd - AddressSpace::kLowest});
  std::vector<ConnectionId> open;
  context.process.descriptors.for_each([&open](ConnectionId number, const Descriptor& descriptor) {
    if (descriptor.kind == Descriptor::Kind::memory) open.push_back(number);
  });
  for (const ConnectionId number : open) close_descriptor(context, number);
  drop_handles(context);
}

SimResult<Value> serve(Context& context) {
  switch (context.request.call) {
    case Call::shm_open:
      return shm_open(context);
    case Call::shm_unlink:
      return shm_unlink(context);
    case Call::close:
      return close(context);
    case Call::dup:
      return dup(context);
    case Call::lseek:
      return lseek(context);
    case Call::ftruncate:
      return ftruncate(context);
    case Call::shm_ctl:
    case Call::shm_ctl_special:
      return shm_ctl(context);
    case Call::mmap:
      return mmap(context);
    case Call::munmap:
      return munmap(context);
    case Call::mlock:
      return mlock(context);
    case Call::munlock:
      return munlock(context);
    case Call::touch:
      return touch(context);
    case Call::mem_offset64:
    case Call::posix_mem_offset:
      return mem_offset64(context);
    case Call::mprotect:
      return mprotect(context);
    case Call::mlockall:
      return mlockall(context);
    case Call::munlockall:
      return munlockall(context);
    case Call::shm_create_handle:
      return shm_create_handle(context);
    case Call::shm_open_handle:
      return shm_open_handle(context);
    case Call::shm_delete_handle:
      return shm_delete_handle(context);
    case Call::shm_revoke:
      return shm_revoke(context);
    case Call::posix_typed_mem_open:
      return posix_typed_mem_open(context);
    case Call::mem_info:
      return mem_info(context);
    case Call::mem_obj_info:
      return mem_obj_info(context);
    case Call::mem_pmem_add:
      return mem_pmem_add(context);
    default:
      return refused(Errno::enosys);
  }
}

}  // namespace
}  // namespace memmgr

struct MemoryManager::Impl : memmgr::State {
  using State::State;
};

HostResult<MemoryManager> MemoryManager::create(const PhysicalMemoryConfig& memory, const Semantics& semantics,
                                                ContiguousFailure contiguous_failure, const StartState& start) {
  auto machine = Machine::create(memory, start);
  if (!machine) return Unexpected<HostError>(std::move(machine).error());
  auto impl = std::make_unique<Impl>(std::move(*machine), semantics);
  impl->contiguous_failure = contiguous_failure;
  impl->frames_at_boot = impl->machine.frames_in_use();
  memmgr::hold_at_start(*impl);
  return MemoryManager(std::move(impl));
}

MemoryManager::MemoryManager(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
MemoryManager::MemoryManager(const MemoryManager& other) : impl_(std::make_unique<Impl>(*other.impl_)) {}
MemoryManager& MemoryManager::operator=(const MemoryManager& other) {
  if (this != &other) impl_ = std::make_unique<Impl>(*other.impl_);
  return *this;
}
MemoryManager::MemoryManager(MemoryManager&&) noexcept = default;
MemoryManager& MemoryManager::operator=(MemoryManager&&) noexcept = default;
MemoryManager::~MemoryManager() = default;

void MemoryManager::change_semantics(const Semantics& semantics) {
  MEMSIM_CHECK(fixed_semantics(impl_->semantics, semantics).empty());
  impl_->semantics = semantics;
}

void MemoryManager::add_process(ProcessId pid, const Abilities& abilities, std::uint32_t uid, std::uint16_t umask) {
  MEMSIM_CHECK_THAT(pid != ProcessId() && impl_->find_process(pid) == nullptr, "a process begins once");
  std::uint32_t slot = 0;
  if (impl_->free_processes.empty()) {
    slot = static_cast<std::uint32_t>(impl_->processes.size());
    impl_->processes.emplace_back();
  } else {
    slot = impl_->free_processes.back();
    impl_->free_processes.pop_back();
  }
  memmgr::ProcessState& process = impl_->processes[slot];
  process.pid = pid;
  process.abilities = abilities;
  process.uid = uid;
  process.umask = umask;
  if (pid.value() >= impl_->slot_by_pid.size()) impl_->slot_by_pid.resize(pid.value() + std::size_t{1});
  impl_->slot_by_pid[pid.value()] = slot + 1;
}

MemoryWork MemoryManager::remove_process(ProcessId pid, RecordStream& records, CpuId cpu) {
  memmgr::ProcessState* process = impl_->find_process(pid);
  MEMSIM_CHECK_THAT(process != nullptr, "only a process that exists ends");
  MemoryRequest request;
  request.pid = pid;
  request.cpu = cpu;
  MemoryOutcome outcome;
  memmgr::Context context{*impl_, records, request, *process, outcome};
  impl_->descriptors -= process->descriptors.count();
  impl_->mappings -= process->space.mappings().size();
  memmgr::clear_process(context);
  const std::uint32_t slot = std::exchange(impl_->slot_by_pid[pid.value()], 0) - 1;
  impl_->processes[slot] = {};
  impl_->free_processes.push_back(slot);
  return context.work();
}

MemoryOutcome MemoryManager::handle(const MemoryRequest& request, RecordStream& records) {
  memmgr::ProcessState* process = impl_->find_process(request.pid);
  MEMSIM_CHECK_THAT(process != nullptr, "a caller exists");
  MemoryOutcome outcome;
  memmgr::Context context{*impl_, records, request, *process, outcome};
  impl_->descriptors -= process->descriptors.count();
  impl_->mappings -= process->space.mappings().size();
  const SimResult<Value> served = memmgr::serve(context);
  impl_->descriptors += process->descriptors.count();
  impl_->mappings += process->space.mappings().size();
  outcome.value = served ? *served : Value{-1};
  if (!served) outcome.error = served.error();
  return outcome;
}

SimResult<ConnectionId> MemoryManager::connect(ProcessId pid, ConnectionTarget target, ConnectionId lowest) {
  memmgr::ProcessState* process = impl_->find_process(pid);
  MEMSIM_CHECK_THAT(process != nullptr, "the process exists");
  const SimResult<ConnectionId> coid = process->descriptors.add_connection(target, lowest);
  if (coid) ++impl_->descriptors;
  return coid;
}

void MemoryManager::disconnect(ProcessId pid, ConnectionId coid) {
  memmgr::ProcessState* process = impl_->find_process(pid);
  MEMSIM_CHECK_THAT(process != nullptr, "the process exists");
  process->descriptors.remove_connection(coid);
  --impl_->descriptors;
}

const DescriptorTable& MemoryManager::descriptors(ProcessId pid) const {
  const memmgr::ProcessState* process = impl_->find_process(pid);
  MEMSIM_CHECK_THAT(process != nullptr, "the process exists");
  return process->descriptors;
}

void MemoryManager::play(std::size_t number, const BackgroundConfig& background, const TraceEvent& event, Share share,
                         CpuId cpu, RecordStream& records) {
  MemoryRequest request;
  request.pid = kMemmgrPid;
  request.cpu = cpu;
  MemoryOutcome outcome;
  memmgr::Context context{*impl_, records, request, impl_->system, outcome};
  memmgr::play(context, number, background, event, share);
}

BackgroundCounts MemoryManager::background_counts(std::size_t number) const {
  return number < impl_->backgrounds.size() ? impl_->backgrounds[number].counts : BackgroundCounts{};
}

Machine& MemoryManager::machine() { return impl_->machine; }
const Machine& MemoryManager::machine() const { return impl_->machine; }
const PhysicalMemory& MemoryManager::memory() const { return impl_->memory(); }
ObjectId MemoryManager::held_at_start() const {
  return impl_->held_at_start == kNoObject ? ObjectId() : impl_->objects.at(impl_->held_at_start).id;
}
std::vector<bool> MemoryManager::would_serve(std::span<const FrameRequest> requests) const {
  memmgr::Prospects prospects(*impl_);
  std::vector<bool> answers;
  for (const FrameRequest& request : requests) answers.push_back(prospects.serves(request, impl_->memory().general()));
  return answers;
}

ShownMemory MemoryManager::show(ProcessId pid) const { return memmgr::show(*impl_, *impl_->find_process(pid)); }
std::optional<MemoryManager::Place> MemoryManager::place_of(ProcessId pid, VirtAddr address) const {
  const Mapping* mapping = impl_->find_process(pid)->space.find(address);
  if (mapping == nullptr) return std::nullopt;
  Place place{.object = std::nullopt, .offset = mapping->offset + (address - mapping->start)};
  if (mapping->object != kNoObject) place.object = impl_->objects.at(mapping->object).id;
  return place;
}

std::optional<PhysAddr> MemoryManager::page_to_copy(ProcessId pid, VirtAddr address) const {
  return memmgr::page_to_copy(*impl_, *impl_->find_process(pid), address);
}

std::uint64_t MemoryManager::object_count() const { return impl_->objects.count(); }
std::uint64_t MemoryManager::change_count() const { return impl_->machine.change_count() + impl_->revocations; }
std::uint64_t MemoryManager::descriptor_count() const { return impl_->descriptors; }
std::uint64_t MemoryManager::mapping_count() const { return impl_->mappings; }
ObjectSample MemoryManager::sample_objects() const { return impl_->census.sample(impl_->page_size()); }
memmgr::SegmentLengths MemoryManager::sample_segment_lengths() const {
  return memmgr::segment_lengths(impl_->objects, impl_->page_size());
}
void MemoryManager::check_invariants() const { memmgr::check_state(*impl_); }

}  // namespace memsim
