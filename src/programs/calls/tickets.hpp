// The receive ids of a server: the kernel's are 64 bits wide, a C program's an int.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <memsim/kernel/program.hpp>
#include <memsim/runtime/link.hpp>

namespace memsim::programs {

class Tickets {
 public:
  struct Ticket {
    Value rcvid = 0;                              // the kernel's; 0: free
    std::array<Value, link::kResults> results{};  // what MsgReceive() told besides
  };

  // The program's number for a message that it has received: the lowest free one from 1.
  [[nodiscard]] std::int32_t add(Value rcvid, std::span<const Value> results);
  // Null for a number that names no message.
  [[nodiscard]] const Ticket* find(Value number) const;
  // The number of a message that an unblock pulse is about; 0 where there is none.
  [[nodiscard]] std::int32_t number_of(Value rcvid) const;
  void remove(Value number);

 private:
  std::vector<Ticket> tickets_;
};

}  // namespace memsim::programs
