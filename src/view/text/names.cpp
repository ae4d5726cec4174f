#include <memsim/view/names.hpp>

#include <fmt/format.h>

#include <cstdlib>

#include <memsim/base/fragmentation.hpp>
#include <memsim/base/host_error.hpp>
#include <memsim/base/qnx.hpp>
#include <memsim/view/render.hpp>

namespace memsim {
namespace {

// The message types of <sys/memmsg.h> that a program may also send by hand.
std::string_view known_type(std::uint16_t type) {
  if (type == qnx::kMemInfoType) return " (_MEM_INFO)";
  if (type == qnx::kMemObjInfoType) return " (_MEM_OBJ_INFO)";
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

std::string permille_text(std::int64_t permille) {
  const std::int64_t size = std::abs(permille);
  return fmt::format("{}{}.{:03}", permille < 0 ? "-" : "", size / 1000, size % 1000);
}

std::string object_label(ObjectId object, const std::string& name) {
  return name.empty() ? fmt::format("object {}", object.value()) : escaped_for_terminal(name);
}

std::string length_text(Bytes length) {
  return length == Bytes::max() ? "SIZE_MAX" : fmt::format("{:x}", length.count());
}

std::uint64_t large_pages_possible(FrameCount free, Bytes page_size) {
  return checked_multiply(page_size, free.count()).value_or(Bytes::max()) / large_page_size(page_size);
}

std::string heading(const std::string& scenario, const std::string& title) {
  std::string out = escaped_for_terminal(scenario);
  if (!title.empty()) out += ": " + escaped_for_terminal(title);
  return out;
}

std::string counted(std::uint64_t count, std::string_view singular, std::string_view plural) {
  if (count == 1) return fmt::format("1 {}", singular);
  return plural.empty() ? fmt::format("{} {}s", count, singular) : fmt::format("{} {}", count, plural);
}

std::string fingerprint_text(std::uint64_t fingerprint) { return fmt::format("{:016x}", fingerprint); }

}  // namespace memsim
