#include "kernel/memmgr/typed_names.hpp"

#include <algorithm>

#include <memsim/base/qnx.hpp>

namespace memsim::memmgr {
namespace {

bool ends_in_components(std::string_view path, std::string_view tail) {
  if (!path.ends_with(tail)) return false;
  return path.size() == tail.size() || path[path.size() - tail.size() - 1] == '/';
}

// Whether `name` means the region called `region`, by that path or by one that contains it.
bool bears(std::string_view region, std::string_view name) {
  if (region.starts_with('/')) region.remove_prefix(1);
  const bool is_exact = name.starts_with('/');
  if (is_exact) name.remove_prefix(1);
  for (std::size_t end = region.size(); end != std::string_view::npos && end > 0; end = region.rfind('/', end - 1)) {
    const std::string_view path = region.substr(0, end);
    if (is_exact ? path == name : ends_in_components(path, name)) return true;
  }
  return false;
}

SimResult<std::vector<bool>> regions_called(const PhysicalMemory& memory, std::string_view name) {
  if (name.size() > qnx::kNameMax + 1) return refused(Errno::enametoolong);
  std::vector<bool> found(memory.region_count());
  for (std::size_t i = 0; i < found.size() && !name.empty(); ++i) {
    found[i] = bears(memory.region(RegionId(static_cast<RegionId::rep>(i))).name, name);
  }
  if (std::find(found.begin(), found.end(), true) == found.end()) return refused(Errno::enoent);
  return found;
}

}  // namespace

SimResult<std::vector<RegionId>> find_typed_memory(const PhysicalMemory& memory, std::string_view expression) {
  std::vector<bool> chosen(memory.region_count());
  for (char operation = '|'; operation != '\0';) {
    const std::size_t end = std::min(expression.find_first_of("&|"), expression.size());
    const auto named = regions_called(memory, expression.substr(0, end));
    if (!named) return refused(named.error());
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      chosen[i] = operation == '&' ? chosen[i] && (*named)[i] : chosen[i] || (*named)[i];
    }
    operation = end < expression.size() ? expression[end] : '\0';
    expression.remove_prefix(std::min(end + 1, expression.size()));
  }
  std::vector<RegionId> regions;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (chosen[i]) regions.emplace_back(static_cast<RegionId::rep>(i));
  }
  if (regions.empty()) return refused(Errno::enodev);
  std::stable_sort(regions.begin(), regions.end(), [&memory](RegionId a, RegionId b) {
    return memory.region(a).preference > memory.region(b).preference;
  });
  return regions;
}

}  // namespace memsim::memmgr
