// How messages have contents on one side and a type and a value on the other, where a program of the host and one of
// the scenario talk to each other (docs/programs.md):
//
//   a message   type u16 @0, value i64 @8 where it has 16 bytes or more; all else zero
//   a reply     value i64 @0 where it has 8 bytes or more; all else zero
//   a pulse     struct _pulse: code i8 @4, value @8
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <memsim/kernel/program.hpp>

namespace memsim::programs {

[[nodiscard]] std::uint16_t type_of_message(std::span<const std::byte> message);
[[nodiscard]] Value value_of_message(std::span<const std::byte> message);
[[nodiscard]] Value value_of_reply(std::span<const std::byte> reply);

[[nodiscard]] std::vector<std::byte> message_of(std::uint16_t type, Value value, std::size_t bytes);
[[nodiscard]] std::vector<std::byte> reply_of(Value value, std::size_t bytes);
[[nodiscard]] std::vector<std::byte> pulse_of(std::int32_t code, Value value, std::int32_t scoid);

}  // namespace memsim::programs
