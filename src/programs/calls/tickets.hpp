// The receive ids of a server: the kernel's are 64 bits wide, a C program's an int.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <memsim/kernel/program.hpp>
#include <memsim/runtime/link.hpp>

namespace memsim::programs {

class Tickets {
 public:
  struct Ticket {
    Value rcvid = 0;                              // the kernel's; 0: free
    bool is_open = false;                         // not replied to
    std::array<Value, link::kResults> results{};  // what MsgReceive() told besides
  };

  // The program's number for a message that it has received. It is that of the client's thread, which sends one message
  // at a time: so it still says who may be sent an event once the message is replied to.
  [[nodiscard]] std::int32_t add(Value rcvid, std::span<const Value> results);
  // Null for a number that names no message which waits for a reply.
  [[nodiscard]] const Ticket* find(Value number) const;
  // The kernel's number, whether the message was replied to or not; 0 where there is none.
  [[nodiscard]] Value rcvid_of(Value number) const;
  // The number of a message that an unblock pulse is about; 0 where there is none.
  [[nodiscard]] std::int32_t number_of(Value rcvid) const;
  // The message is replied to.
  void close(Value number);

  // Whether it is time to look for those who are gone, which then takes out the rcvids that `is_gone` says yes to:
  // however many clients come and go, there is no more than twice the room that those there at once take.
  template <class IsGone>
  void forget_gone(IsGone&& is_gone) {
    if (taken_ < look_at_) return;
    for (Ticket& ticket : tickets_) {
      if (ticket.rcvid == 0 || !is_gone(ticket.rcvid)) continue;
      ticket = {};
      --taken_;
    }
    look_at_ = std::max(kFirstLook, 2 * taken_);
  }

 private:
  static constexpr std::size_t kFirstLook = 64;

  std::vector<Ticket> tickets_;
  std::size_t taken_ = 0;
  std::size_t look_at_ = kFirstLook;
};

}  // namespace memsim::programs
