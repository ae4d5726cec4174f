#include <memsim/view/labels.hpp>

#include <fmt/format.h>

#include <memsim/base/host_error.hpp>
#include <memsim/base/qnx.hpp>

namespace memsim {
namespace {

// The message types of <sys/memmsg.h> that a program may also send by hand.
std::string_view known_type(std::uint16_t type) {
  if (type == qnx::kMemInfoType) return " (_MEM_INFO)";
  if (type == qnx::kMemObjInfoType) return " (_MEM_OBJ_INFO)";
  if (type == qnx::kMemPmemAddType) return " (_MEM_PMEM_ADD)";
  return {};
}

}  // namespace

std::string message_label(const MessageSummary& group) {
  if (group.other) return "other";
  if (group.call == Call::msg_send) {
    return fmt::format("{} {:#x}{}", call_name(group.call), group.type, known_type(group.type));
  }
  return std::string(call_name(group.call));
}

std::string object_label(ObjectId object, const std::string& name) {
  return name.empty() ? fmt::format("object {}", object.value()) : escaped_for_terminal(name);
}

std::string heading(const std::string& scenario, const std::string& title) {
  std::string out = escaped_for_terminal(scenario);
  if (!title.empty()) out += ": " + escaped_for_terminal(title);
  return out;
}

}  // namespace memsim
