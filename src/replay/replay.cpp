#include <memsim/replay/replay.hpp>

#include <algorithm>
#include <bit>
#include <span>

#include <memsim/engine/fingerprint.hpp>
#include <memsim/phys/linux_free_lists.hpp>
#include <memsim/phys/start_state.hpp>

#include "replay/blocks.hpp"
#include "replay/decay_clock.hpp"
#include "replay/page_places.hpp"

namespace memsim {

class Replay::Impl {
 public:
  Impl(const RecordedState& start, const ReplayOptions& options, std::unique_ptr<FrameAllocator> allocator)
      : options_(options),
        is_linux_(options.policy == "linux"),
        extent_(start.extent),
        allocator_(std::move(allocator)),
        has_own_places_(true),
        places_(start.extent.count),
        is_decaying_(is_linux_ && options.decay && options.layer == TraceLayer::page),
        clock_(start.decays),
        next_sample_(options.sample_every.is_zero() ? never() : SimTime(0)) {
    for (const auto& block : start.lists.blocks) forget(block.first, block.order);
    for (const auto& block : start.lists.cached) forget(block.first, block.order);
  }

  // Fresh memory, where no page of the recording lies yet; its identities have numbers of their own.
  Impl(Extent memory, const ReplayOptions& options, std::unique_ptr<FrameAllocator> allocator)
      : options_(options),
        is_linux_(options.policy == "linux"),
        extent_(memory),
        allocator_(std::move(allocator)),
        has_own_places_(false),
        places_(FrameCount(0)),
        is_decaying_(is_linux_ && options.decay && options.layer == TraceLayer::page),
        next_sample_(options.sample_every.is_zero() ? never() : SimTime(0)) {}

  HostResult<void> run(TraceReader& trace, const std::function<void(const ReplaySample&)>& on_sample) {
    std::vector<TraceEvent> events;
    while (true) {
      HostResult<void> read = trace.next(events);
      if (!read) return read;
      if (events.empty()) break;
      for (const TraceEvent& event : events) {
        while (event.time >= std::min(clock_.next(), next_sample_)) pass_time(on_sample);
        now_ = event.time;
        play(event);
      }
    }
    if (on_sample) on_sample(sample());
    return {};
  }

  [[nodiscard]] ReplaySample sample() const {
    ReplaySample sample;
    sample.time = now_;
    sample.free = allocator_->free_frames();
    sample.free_blocks = is_linux_ ? listed_blocks(*allocator_) : merged_blocks(*allocator_, kTopOrder);
    std::uint64_t listed = 0;
    for (unsigned order = 0; order < kOrderCount; ++order) listed += sample.free_blocks[order] << order;
    sample.cached = FrameCount(sample.free.count() - listed);
    return sample;
  }

  ReplayCounts counts_;
  SimTime now_;
  [[nodiscard]] const FrameAllocator& allocator() const { return *allocator_; }
  [[nodiscard]] std::uint64_t fingerprint() const {
    ByteHasher hasher = hasher_;
    hasher.add(std::as_bytes(std::span(decisions_)));
    return hasher.value();
  }

 private:
  static constexpr unsigned kTopOrder = 10;
  static constexpr std::size_t kDecisions = std::size_t{1} << 14;  // bytes that are hashed at once

  // What is due next: a sample before the decay of the same moment.
  void pass_time(const std::function<void(const ReplaySample&)>& on_sample) {
    if (next_sample_ <= clock_.next()) {
      now_ = next_sample_;
      if (on_sample) on_sample(sample());
      next_sample_ = saturating_add(next_sample_, options_.sample_every);
      return;
    }
    const CpuId cpu = clock_.pass();
    decay_linux_cpu_lists(*allocator_, cpu);
  }

  void play(const TraceEvent& event) {
    const bool is_of_zone = event.op == TraceOp::take || event.op == TraceOp::give;
    const bool is_of_page = event.op == TraceOp::allocate || event.op == TraceOp::release;
    if (options_.layer == TraceLayer::page ? is_of_zone : is_of_page) return;
    ++counts_.events;
    if (has_own_places_ && !extent_.contains(Extent{event.first, FrameCount(event.count)})) {
      ++counts_.outside;
      return;
    }
    const std::uint64_t page = has_own_places_ ? (event.first - extent_.first).count() : event.first.value();
    if (!has_own_places_) places_.reach(page + event.count);
    if (is_decaying_) clock_.meet(event.cpu, now_);
    if (event.op == TraceOp::allocate || event.op == TraceOp::take) return allocate(event, page);
    ++counts_.releases;
    release(event, page);
  }

  void allocate(const TraceEvent& event, std::uint64_t page) {
    ++counts_.allocations;
    for (std::uint64_t i = 0; i < event.count; ++i) {
      if (PagePlaces::is_held(places_[page + i])) replace(page + i, event.cpu);
    }
    const bool is_run = (event.flags & TraceEvent::scattered) == 0 && event.alignment_log2 == 0;
    const bool is_served = is_run ? allocate_run(event, page) : allocate_request(event, page);
    if (is_served) return;
    note({});
    ++counts_.refused;
    counts_.refused_frames += event.count;
    places_.fill(page, event.count, PagePlaces::kRefused);
  }

  bool allocate_run(const TraceEvent& event, std::uint64_t page) {
    Extent run;
    const RunRequest request{.count = FrameCount(event.count), .mobility = event.mobility, .cpu = event.cpu};
    if (!allocator_->allocate_run(request, run).has_value()) return false;
    if (run.first == event.first) ++counts_.same_place;
    note(run);
    places_.set_run(page, event.count, (run.first - extent_.first).count());
    give_tail(run, event);
    return true;
  }

  // What a policy gives beyond the count has no identity, so nobody would give it back.
  void give_tail(Extent run, const TraceEvent& event) {
    const FrameCount asked(event.count);
    if (run.count > asked) allocator_->release({run.first + asked, run.count - asked}, event.cpu);
  }

  bool allocate_request(const TraceEvent& event, std::uint64_t page) {
    extents_.clear();
    const bool is_scattered = (event.flags & TraceEvent::scattered) != 0;
    const FrameRequest request{.count = FrameCount(event.count),
                               .contiguity = is_scattered ? Contiguity::scattered : Contiguity::contiguous,
                               .mobility = event.mobility,
                               .cpu = event.cpu,
                               .alignment = FrameCount(std::uint64_t{1} << event.alignment_log2)};
    if (!allocator_->allocate(request, extents_).has_value()) return false;
    std::uint64_t done = 0;
    for (const Extent& extent : extents_) {
      note(extent);
      const std::uint64_t count = std::min<std::uint64_t>(extent.count.count(), event.count - done);
      places_.set_run(page + done, count, (extent.first - extent_.first).count());
      done += count;
      if (extent.count.count() > count) {
        allocator_->release({extent.first + FrameCount(count), extent.count - FrameCount(count)}, event.cpu);
      }
    }
    return true;
  }

  void replace(std::uint64_t page, CpuId cpu) {
    ++counts_.replaced_frames;
    allocator_->release({frame_at(places_[page]), FrameCount(1)}, cpu);
    places_.set(page, PagePlaces::kFree);
  }

  void release(const TraceEvent& event, std::uint64_t page) {
    if (places_.is_run(page, event.count)) {
      release_run({frame_at(places_[page]), FrameCount(event.count)}, event);
      return places_.fill(page, event.count, PagePlaces::kFree);
    }
    for (std::uint64_t i = 0; i < event.count; ++i) {
      const std::uint32_t place = places_[page + i];
      if (PagePlaces::is_held(place)) {
        release_run({frame_at(place), FrameCount(1)}, event);
      } else {
        ++(place == PagePlaces::kFree ? counts_.unknown_frames : counts_.passed_over_frames);
      }
      places_.set(page + i, PagePlaces::kFree);
    }
  }

  void release_run(Extent run, const TraceEvent& event) {
    const std::uint64_t count = run.count.count();
    const bool is_block = is_linux_ && std::has_single_bit(count) && run.first.value() % count == 0;
    if (!is_block) {
      allocator_->release(run, event.cpu);
      return;
    }
    const LinuxRelease way =
        (event.flags & TraceEvent::bypass) != 0 ? LinuxRelease::past_cpu_lists : LinuxRelease::as_usual;
    release_linux_block(*allocator_, run.first, order_within(run.count), event.cpu, way);
  }

  // A decision of the policy enters the fingerprint: where the extent lies; an empty one is a refusal.
  void note(Extent extent) {
    for (const std::uint64_t value : {extent.first.value(), extent.count.count()}) {
      for (unsigned shift = 0; shift < 64; shift += 8) decisions_.push_back(static_cast<std::uint8_t>(value >> shift));
    }
    if (decisions_.size() < kDecisions) return;
    hasher_.add(std::as_bytes(std::span(decisions_)));
    decisions_.clear();
  }

  [[nodiscard]] FrameNumber frame_at(std::uint32_t place) const { return extent_.first + FrameCount(place); }
  void forget(FrameNumber first, Order order) {
    places_.fill((first - extent_.first).count(), order.frames().count(), PagePlaces::kFree);
  }

  ReplayOptions options_;
  bool is_linux_;
  Extent extent_;
  std::unique_ptr<FrameAllocator> allocator_;
  bool has_own_places_;  // identities are frames of the region
  PagePlaces places_;
  bool is_decaying_;
  DecayClock clock_;
  SimTime next_sample_;
  ByteHasher hasher_;
  std::vector<std::uint8_t> decisions_;
  std::vector<Extent> extents_;  // allocate_request()'s own, for its room
};

namespace {

// The policy of that name, with its options completed and checked.
HostResult<const Policy*> checked_policy(const ReplayOptions& options, const PolicyOptions& recorded,
                                         PolicyOptions& chosen) {
  const Policy* const policy = find_policy(options.policy);
  if (policy == nullptr) {
    std::vector<std::string_view> names;
    for (const Policy& known : policies()) names.push_back(known.name);
    const std::string_view nearest = nearest_name(options.policy, names);
    return host_failure(
        ExitCode::bad_input, "there is no policy " + escaped_for_terminal(options.policy),
        nearest.empty() ? "'memsim policies' lists them" : "did you mean " + std::string(nearest) + "?");
  }
  chosen = options.policy_options;
  if (policy->name == "linux") {
    if (options.layer == TraceLayer::zone && !chosen.emplace("pcp", "off").second && chosen["pcp"] != "off") {
      return host_failure(ExitCode::bad_input, "the zone layer lies behind the lists per processor",
                          "leave out pcp, or replay the page layer");
    }
    const auto lists = chosen.find("pcp");
    if (lists == chosen.end() || lists->second == "on") {
      for (const auto& [name, value] : recorded) chosen.emplace(name, value);
    }
  }
  HostResult<void> valid = check_policy_options(*policy, chosen);
  if (!valid) return Unexpected(std::move(valid).error());
  return policy;
}

// Where exactly the free blocks of the state are free: with `linux` on these very lists.
std::unique_ptr<FrameAllocator> start_allocator(const Policy& policy, const PolicyOptions& options,
                                                const RecordedState& start) {
  if (policy.name == "linux") return create_linux_allocator(start.extent, options, start.lists);
  std::vector<Extent> free;
  for (const auto& block : start.lists.blocks) free.push_back({block.first, block.order.frames()});
  for (const auto& block : start.lists.cached) free.push_back({block.first, block.order.frames()});
  std::sort(free.begin(), free.end(), [](const Extent& a, const Extent& b) { return a.first < b.first; });
  return create_with_free(policy, start.extent, options, free);
}

}  // namespace

HostResult<Replay> Replay::create(const RecordedState& start, const ReplayOptions& options) {
  PolicyOptions chosen;
  HostResult<const Policy*> policy = checked_policy(options, start.limits, chosen);
  if (!policy) return Unexpected(std::move(policy).error());
  RecordedState without;
  const RecordedState* from = &start;
  const auto lists = chosen.find("pcp");
  if ((*policy)->name == "linux" && lists != chosen.end() && lists->second == "off") {
    // What is cached is in use as the zone sees it.
    without = start;
    without.lists.cached.clear();
    from = &without;
  }
  return Replay(std::make_unique<Impl>(*from, options, start_allocator(**policy, chosen, *from)));
}

HostResult<Replay> Replay::create_fresh(Extent memory, const ReplayOptions& options) {
  PolicyOptions chosen;
  HostResult<const Policy*> policy = checked_policy(options, {}, chosen);
  if (!policy) return Unexpected(std::move(policy).error());
  return Replay(std::make_unique<Impl>(memory, options, (*policy)->create(memory, chosen)));
}

Replay::Replay(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Replay::Replay(Replay&&) noexcept = default;
Replay& Replay::operator=(Replay&&) noexcept = default;
Replay::~Replay() = default;

HostResult<void> Replay::run(TraceReader& trace, const std::function<void(const ReplaySample&)>& on_sample) {
  return impl_->run(trace, on_sample);
}
const ReplayCounts& Replay::counts() const { return impl_->counts_; }
const FrameAllocator& Replay::allocator() const { return impl_->allocator(); }
std::uint64_t Replay::fingerprint() const { return impl_->fingerprint(); }
SimTime Replay::now() const { return impl_->now_; }
ReplaySample Replay::sample() const { return impl_->sample(); }

}  // namespace memsim
