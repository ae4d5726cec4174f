#include <memsim/phys/physical_memory_check.hpp>

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace memsim {
namespace {

constexpr std::uint64_t kFrameEnd = std::uint64_t{1} << 32;
constexpr std::size_t kRegionsMax = 65535;  // a RegionId has 16 bits

class Checker {
 public:
  explicit Checker(const PhysicalMemoryConfig& config) : config_(config) {}

  HostError run() {
    if (config_.regions.empty()) fail("a machine needs at least one region of memory");
    if (config_.regions.size() > kRegionsMax) fail(fmt::format("more than {} regions of memory", kRegionsMax));
    std::vector<Named> regions;
    for (const RegionConfig& region : config_.regions) add("region", region.name, region.base, region.size, regions);
    std::vector<Named> reservations;
    for (const ReservationConfig& reserved : config_.reservations) {
      add("reservation", reserved.name, reserved.base, reserved.size, reservations);
    }
    check_inside(reservations, regions);
    check_disjoint("regions", regions);
    check_disjoint("reservations", reservations);
    add_all(check_policy_choice(config_.policy, config_.policy_options));
    return std::move(faults_);
  }

 private:
  struct Named {
    std::string name;
    Extent extent;
  };

  void fail(std::string message, std::string help = {}) {
    const auto failure = host_failure(ExitCode::bad_input, std::move(message), std::move(help));
    faults_.insert(faults_.end(), failure.error().begin(), failure.error().end());
  }

  void add(std::string_view kind, const std::string& name, PhysAddr base, Bytes size, std::vector<Named>& list) {
    const std::string what = fmt::format("{} '{}'", kind, escaped_for_terminal(name));
    if (size.is_zero()) return fail(what + " is empty");
    if (!config_.page_size.is_aligned(base) || !config_.page_size.is_aligned(size)) {
      return fail(fmt::format("{} must start at and hold a multiple of the page size, {} bytes", what,
                              config_.page_size.bytes().count()));
    }
    const std::uint64_t first = config_.page_size.frame_of(base).value();
    const std::uint64_t count = config_.page_size.frames_covering(size).count();
    if (first >= kFrameEnd || count > kFrameEnd - first) {
      return fail(fmt::format("{} ends past the last frame, number {}", what, kFrameEnd - 1));
    }
    list.push_back({name, frames_of(config_.page_size, base, size)});
  }

  void check_inside(const std::vector<Named>& reservations, const std::vector<Named>& regions) {
    for (const Named& reserved : reservations) {
      const bool inside = std::any_of(regions.begin(), regions.end(),
                                      [&](const Named& region) { return region.extent.contains(reserved.extent); });
      if (!inside) {
        fail(fmt::format("reservation '{}' does not lie inside one region", escaped_for_terminal(reserved.name)));
      }
    }
  }

  void check_disjoint(std::string_view kind, std::vector<Named> list) {
    std::stable_sort(list.begin(), list.end(),
                     [](const Named& a, const Named& b) { return a.extent.first < b.extent.first; });
    for (std::size_t i = 1; i < list.size(); ++i) {
      if (!list[i - 1].extent.overlaps(list[i].extent)) continue;
      fail(fmt::format("{} '{}' and '{}' overlap", kind, escaped_for_terminal(list[i - 1].name),
                       escaped_for_terminal(list[i].name)));
    }
  }

  void add_all(const HostResult<void>& checked) {
    if (!checked) faults_.insert(faults_.end(), checked.error().begin(), checked.error().end());
  }

  const PhysicalMemoryConfig& config_;
  HostError faults_;
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

HostResult<void> check_physical_memory(const PhysicalMemoryConfig& config) {
  HostError faults = Checker(config).run();
  if (faults.empty()) return {};
  return Unexpected<HostError>(std::move(faults));
}

HostResult<void> check_start(const PhysicalMemoryConfig& config, const StartState& start) {
  const auto fail = [](std::string message) { return host_failure(ExitCode::bad_input, std::move(message)); };
  const auto by_address = [](const Extent& a, const Extent& b) { return a.first < b.first; };
  std::vector<Extent> regions;
  for (const RegionConfig& region : config.regions) {
    regions.push_back(frames_of(config.page_size, region.base, region.size));
  }
  for (const StartState::RegionLists& lists : start.linux_lists) {
    if (lists.region.value() >= regions.size()) {
      return fail(fmt::format("free lists of region {}, which is not", lists.region.value()));
    }
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
  }
  return {};
}

Extent frames_of(PageSize page_size, PhysAddr base, Bytes size) {
  return {page_size.frame_of(base), page_size.frames_covering(size)};
}

}  // namespace memsim
