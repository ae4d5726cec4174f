#include <map>

#include <memsim/base/errno.hpp>
#include <memsim/base/ids.hpp>
#include <memsim/base/qnx.hpp>
#include <memsim/kernel/call_table.hpp>

#include "scenario/program/expression.hpp"

namespace memsim::loader {
namespace {

using Constants = std::map<std::string_view, Value>;

Constants all_constants() {
  Constants constants = {
      {"SIZE_MAX", -1},
      {"NOFD", qnx::kNoFd},
      {"MEMMGR_COID", kMemmgrCoid.value()},
      {"_NTO_SIDE_CHANNEL", kSideChannel.value()},
      {"_MEM_INFO", qnx::kMemInfoType},
      {"_MEM_OBJ_INFO", qnx::kMemObjInfoType},
      {"_MEM_PMEM_ADD", qnx::kMemPmemAddType},
      {"PAGE_SIZE", 0},  // by machine, see find_constant()
      {"true", 1},
      {"false", 0},
  };
  for (const CallSignature& call : call_table()) {
    for (const Parameter& parameter : call.parameters) {
      for (const NamedValue& named : parameter.names) constants.emplace(named.name, named.value);
    }
  }
  // errno_name() knows every value of the enumeration; numbers of other errnos have no name.
  for (unsigned number = 0; number <= 0xffff; ++number) {
    const std::string_view name = memsim::errno_name(static_cast<Errno>(number));
    if (errno_from_name(name) == static_cast<Errno>(number)) constants.emplace(name, Value{number});
  }
  return constants;
}

const Constants& constants() {
  static const Constants table = all_constants();
  return table;
}

}  // namespace

std::optional<Value> find_constant(std::string_view name, PageSize page_size) {
  if (name == "PAGE_SIZE") return static_cast<Value>(page_size.bytes().count());
  const auto found = constants().find(name);
  if (found == constants().end()) return std::nullopt;
  return found->second;
}

const std::vector<std::string_view>& constant_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const auto& [name, value] : constants()) all.push_back(name);
    return all;
  }();
  return names;
}

}  // namespace memsim::loader
