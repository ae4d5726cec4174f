#include <memsim/phys/physical_memory_check.hpp>

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace memsim {
namespace {

constexpr std::uint64_t kFrameEnd = std::uint64_t{1} << 32;
constexpr std::size_t kRegionsMax = 65535;  // a RegionId has 16 bits

using Subject = MemoryFault::Subject;

// A region or a reservation, by its place in its list. One that is not aligned has been told of, and counts only as
// what reservations may lie in.
struct Named {
  std::string_view name;
  std::size_t index = 0;
  Extent extent;
  bool is_aligned = true;
};

bool is_area(const RegionConfig& region) { return region.cma; }
bool is_area(const ReservationConfig&) { return false; }

class Checker {
 public:
  explicit Checker(const PhysicalMemoryConfig& config) : config_(config) {}

  std::vector<MemoryFault> run() {
    if (config_.regions.empty()) fail(Subject::machine, 0, "a machine needs at least one region of memory");
    if (config_.regions.size() > kRegionsMax) {
      fail(Subject::machine, 0, fmt::format("more than {} regions of memory", kRegionsMax));
    }
    const std::vector<Named> regions = checked(Subject::region, config_.regions);
    const std::vector<Named> reservations = checked(Subject::reservation, config_.reservations);
    check_inside(reservations, regions);
    check_disjoint(Subject::region, regions);
    check_disjoint(Subject::reservation, reservations);
    check_policy();
    return std::move(faults_);
  }

 private:
  void fail(Subject subject, std::size_t index, std::string message, std::string help = {}) {
    Diagnostic diagnostic;
    diagnostic.message = std::move(message);
    diagnostic.help = std::move(help);
    faults_.push_back({subject, index, false, std::move(diagnostic)});
  }

  template <class Items>
  std::vector<Named> checked(Subject subject, const Items& items) {
    std::vector<Named> good;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const auto& item = items[i];
      std::string complaint = complaint_about(item.base, item.size);
      if (complaint.empty() && is_area(item)) complaint = complaint_about_area(item.base, item.size);
      if (!complaint.empty()) {
        fail(subject, i, fmt::format("{} '{}' {}", name_of(subject), escaped_for_terminal(item.name), complaint));
      }
      if (item.size.is_zero() || !fits(item.base, item.size)) continue;
      good.push_back({item.name, i, frames_of(config_.page_size, item.base, item.size), complaint.empty()});
    }
    return good;
  }

  static std::string_view name_of(Subject subject) { return subject == Subject::region ? "region" : "reservation"; }

  bool fits(PhysAddr base, Bytes size) const {
    const std::uint64_t first = config_.page_size.frame_of(base).value();
    return first < kFrameEnd && config_.page_size.frames_covering(size).count() <= kFrameEnd - first;
  }

  std::string complaint_about(PhysAddr base, Bytes size) const {
    if (size.is_zero()) return "is empty";
    if (!config_.page_size.is_aligned(base) || !config_.page_size.is_aligned(size)) {
      return fmt::format("must start at and hold a multiple of the page size, {} bytes",
                         config_.page_size.bytes().count());
    }
    if (!fits(base, size)) return fmt::format("ends past the last frame, number {}", kFrameEnd - 1);
    return {};
  }

  std::string complaint_about_area(PhysAddr base, Bytes size) const {
    const std::uint64_t block = page_block(config_.page_size).count();
    if (base.value() % block == 0 && size.count() % block == 0) return {};
    return fmt::format("is a CMA area, which must start at and hold a multiple of a page block, {} bytes", block);
  }

  void check_inside(const std::vector<Named>& reservations, const std::vector<Named>& regions) {
    for (const Named& reserved : reservations) {
      const auto inside = std::find_if(regions.begin(), regions.end(),
                                       [&](const Named& region) { return region.extent.contains(reserved.extent); });
      if (inside != regions.end() && config_.regions[inside->index].cma) {
        fail(Subject::reservation, reserved.index,
             fmt::format("reservation '{}' lies in the CMA area '{}', where nothing stays",
                         escaped_for_terminal(reserved.name), escaped_for_terminal(inside->name)));
      }
      if (inside != regions.end()) continue;
      fail(Subject::reservation, reserved.index,
           fmt::format("reservation '{}' does not lie inside one region", escaped_for_terminal(reserved.name)));
      faults_.back().is_homeless = true;
    }
  }

  // In the order of addresses, each against the one before it that reaches furthest.
  void check_disjoint(Subject subject, std::vector<Named> list) {
    std::erase_if(list, [](const Named& item) { return !item.is_aligned; });
    std::stable_sort(list.begin(), list.end(),
                     [](const Named& a, const Named& b) { return a.extent.first < b.extent.first; });
    std::size_t furthest = 0;
    for (std::size_t i = 1; i < list.size(); ++i) {
      const auto& [earlier, later] =
          std::minmax(list[furthest], list[i], [](const Named& a, const Named& b) { return a.index < b.index; });
      if (earlier.extent.overlaps(later.extent)) {
        fail(subject, later.index,
             fmt::format("{}s '{}' and '{}' overlap", name_of(subject), escaped_for_terminal(earlier.name),
                         escaped_for_terminal(later.name)));
      }
      if (list[furthest].extent.end() < list[i].extent.end()) furthest = i;
    }
  }

  void check_policy() {
    const auto checked = check_policy_choice(config_.policy, config_.policy_options);
    if (checked) return;
    for (const Diagnostic& diagnostic : checked.error()) fail(Subject::policy, 0, diagnostic.message, diagnostic.help);
  }

  const PhysicalMemoryConfig& config_;
  std::vector<MemoryFault> faults_;
};

}  // namespace

HostResult<void> check_policy_choice(const std::string& name, const PolicyOptions& options) {
  const Policy* policy = find_policy(name);
  if (policy != nullptr) return check_policy_options(*policy, options);
  std::vector<std::string_view> names;
  for (const Policy& known : policies()) names.push_back(known.name);
  const std::string_view nearest = nearest_name(name, names);
  return host_failure(
      ExitCode::bad_input, fmt::format("there is no policy '{}'", escaped_for_terminal(name)),
      nearest.empty() ? fmt::format("known: {}", fmt::join(names, ", ")) : fmt::format("did you mean '{}'?", nearest));
}

std::vector<MemoryFault> find_memory_faults(const PhysicalMemoryConfig& config) { return Checker(config).run(); }

HostResult<void> check_physical_memory(const PhysicalMemoryConfig& config) {
  HostError all;
  for (MemoryFault& fault : find_memory_faults(config)) all.push_back(std::move(fault.diagnostic));
  if (all.empty()) return {};
  return Unexpected<HostError>(std::move(all));
}

HostResult<void> check_start(const PhysicalMemoryConfig& config, const StartState& start) {
  const auto fail = [](std::string message) { return host_failure(ExitCode::bad_input, std::move(message)); };
  const auto by_address = [](const Extent& a, const Extent& b) { return a.first < b.first; };
  std::vector<Extent> regions;
  std::vector<Extent> areas;
  for (const RegionConfig& region : config.regions) {
    regions.push_back(frames_of(config.page_size, region.base, region.size));
    if (region.cma) areas.push_back(regions.back());
  }
  for (const StartState::RegionLists& lists : start.linux_lists) {
    if (lists.region.value() >= regions.size()) {
      return fail(fmt::format("free lists of region {}, which is not", lists.region.value()));
    }
    if (config.regions[lists.region.value()].cma) return fail("a CMA area begins empty, without recorded lists");
    if (config.policy != "linux") return fail(fmt::format("policy '{}' has no free lists of linux", config.policy));
    // What they hold is the lists' own affair.
    regions[lists.region.value()].count = {};
  }
  std::sort(regions.begin(), regions.end(), by_address);
  std::vector<Extent> taken = start.held;
  for (const ReservationConfig& reserved : config.reservations) {
    taken.push_back(frames_of(config.page_size, reserved.base, reserved.size));
  }
  std::sort(taken.begin(), taken.end(), by_address);
  for (std::size_t i = 1; i < taken.size(); ++i) {
    if (taken[i - 1].overlaps(taken[i])) return fail(fmt::format("frame {} is held twice", taken[i].first.value()));
  }
  for (const Extent& extent : start.held) {
    const auto above = std::upper_bound(regions.begin(), regions.end(), extent, by_address);
    if (extent.count.is_zero() || above == regions.begin() || !std::prev(above)->contains(extent)) {
      return fail(fmt::format("{} frames held from frame {} on are not inside one region", extent.count.count(),
                              extent.first.value()));
    }
    for (const Extent& area : areas) {
      if (!area.overlaps(extent)) continue;
      return fail(fmt::format("{} frames held from frame {} on are in a CMA area, where nothing stays",
                              extent.count.count(), extent.first.value()));
    }
  }
  return {};
}

Extent frames_of(PageSize page_size, PhysAddr base, Bytes size) {
  return {page_size.frame_of(base), page_size.frames_covering(size)};
}

}  // namespace memsim
