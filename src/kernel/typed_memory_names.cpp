#include <memsim/kernel/typed_memory_names.hpp>

#include <algorithm>

#include <memsim/base/qnx.hpp>

namespace memsim {
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

SimResult<std::vector<bool>> regions_called(std::span<const RegionNames> regions, std::string_view name) {
  if (name.size() > qnx::kNameMax + 1) return refused(Errno::enametoolong);
  std::vector<bool> found(regions.size());
  for (std::size_t i = 0; i < found.size() && !name.empty(); ++i) {
    const auto& further = regions[i].further_names;
    found[i] = bears(regions[i].name, name) ||
               std::any_of(further.begin(), further.end(), [&](const std::string& path) { return bears(path, name); });
  }
  if (std::find(found.begin(), found.end(), true) == found.end()) return refused(Errno::enoent);
  return found;
}

}  // namespace

SimResult<std::vector<std::size_t>> regions_meant(std::span<const RegionNames> regions, std::string_view expression) {
  std::vector<bool> chosen(regions.size());
  for (char operation = '|'; operation != '\0';) {
    const std::size_t end = std::min(expression.find_first_of("&|"), expression.size());
    const auto named = regions_called(regions, expression.substr(0, end));
    if (!named) return refused(named.error());
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      chosen[i] = operation == '&' ? chosen[i] && (*named)[i] : chosen[i] || (*named)[i];
    }
    operation = end < expression.size() ? expression[end] : '\0';
    expression.remove_prefix(std::min(end + 1, expression.size()));
  }
  std::vector<std::size_t> meant;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (chosen[i]) meant.push_back(i);
  }
  if (meant.empty()) return refused(Errno::enodev);
  return meant;
}

}  // namespace memsim
