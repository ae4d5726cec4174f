#include <memsim/base/memory_words.hpp>

namespace memsim {

std::string_view name_of(Mobility mobility) {
  switch (mobility) {
    case Mobility::unmovable:
      return "unmovable";
    case Mobility::movable:
      return "movable";
    case Mobility::reclaimable:
      return "reclaimable";
  }
  return "?";
}

std::string_view name_of(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::none:
      return "none";
    case ObjectKind::ram:
      return "ram";
    case ObjectKind::lazy:
      return "lazy";
    case ObjectKind::contiguous:
      return "contiguous";
    case ObjectKind::physical:
      return "physical";
    case ObjectKind::truncated:
      return "truncated";
    case ObjectKind::typed:
      return "typed";
    case ObjectKind::anonymous:
      return "anonymous";
  }
  return "?";
}

}  // namespace memsim
