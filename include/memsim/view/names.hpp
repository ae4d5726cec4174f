// How views write values that have a name, a unit or a fixed shape. Shared by all outputs, so that none differs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <memsim/base/ids.hpp>
#include <memsim/base/units.hpp>
#include <memsim/view/summary.hpp>

namespace memsim {

// "shm_ctl", "MsgSend 0x100", "MsgSend 0x4a (_MEM_OBJ_INFO)", "other": what the messages of the group have in common.
[[nodiscard]] std::string message_label(const MessageSummary& group);

// A value in thousandths as a decimal: "0.484", "-1.000".
[[nodiscard]] std::string permille_text(std::int64_t permille);

// "/myshmem", escaped, or "object 3" for one without a name.
[[nodiscard]] std::string object_label(ObjectId object, const std::string& name);

// A length in bytes as a reader of the documented example expects it: "SIZE_MAX" or hexadecimal digits.
[[nodiscard]] std::string length_text(Bytes length);

// Large pages (base/fragmentation.hpp) that the free bytes would make if they lay together.
[[nodiscard]] std::uint64_t large_pages_possible(FrameCount free, Bytes page_size);

// "my.yaml: What it shows", or "my.yaml" where there is no title. Escaped for the terminal.
[[nodiscard]] std::string heading(const std::string& scenario, const std::string& title);

// "1 segment", "8 segments"; a plural that takes more than an s is given.
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view singular, std::string_view plural = {});

}  // namespace memsim
