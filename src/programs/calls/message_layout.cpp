#include "programs/calls/message_layout.hpp"

#include <cstring>

namespace memsim::programs {
namespace {

constexpr std::size_t kValueAt = 8;
constexpr std::size_t kPulseScoidAt = 16;
constexpr std::size_t kPulseBytes = 24;  // sizeof(struct _pulse)

template <class T>
T read_at(std::span<const std::byte> bytes, std::size_t at) {
  T value{};
  if (bytes.size() >= at + sizeof value) std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}
template <class T>
void write_at(std::vector<std::byte>& bytes, std::size_t at, T value) {
  if (bytes.size() >= at + sizeof value) std::memcpy(bytes.data() + at, &value, sizeof value);
}

}  // namespace

std::uint16_t type_of_message(std::span<const std::byte> message) { return read_at<std::uint16_t>(message, 0); }
Value value_of_message(std::span<const std::byte> message) { return read_at<Value>(message, kValueAt); }
Value value_of_reply(std::span<const std::byte> reply) { return read_at<Value>(reply, 0); }

std::vector<std::byte> message_of(std::uint16_t type, Value value, std::size_t bytes) {
  std::vector<std::byte> message(bytes);
  write_at(message, 0, type);
  write_at(message, kValueAt, value);
  return message;
}

std::vector<std::byte> reply_of(Value value, std::size_t bytes) {
  std::vector<std::byte> reply(bytes);
  write_at(reply, 0, value);
  return reply;
}

std::vector<std::byte> pulse_of(std::int32_t code, Value value, std::int32_t scoid) {
  std::vector<std::byte> pulse(kPulseBytes);
  write_at(pulse, 4, static_cast<std::int8_t>(code));
  write_at(pulse, kValueAt, value);
  write_at(pulse, kPulseScoidAt, scoid);
  return pulse;
}

}  // namespace memsim::programs
