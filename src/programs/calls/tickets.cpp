#include "programs/calls/tickets.hpp"

namespace memsim::programs {
namespace {

// Where MsgReceive() tells the client: see the call table.
constexpr std::size_t kPid = 3;
constexpr std::size_t kTid = 5;

}  // namespace

std::int32_t Tickets::add(Value rcvid, std::span<const Value> results) {
  Ticket ticket{.rcvid = rcvid, .is_open = true};
  std::copy_n(results.begin(), std::min(results.size(), ticket.results.size()), ticket.results.begin());
  auto place = std::find_if(tickets_.begin(), tickets_.end(), [&](const Ticket& other) {
    return other.rcvid != 0 && other.results[kPid] == ticket.results[kPid] &&
           other.results[kTid] == ticket.results[kTid];
  });
  if (place == tickets_.end()) {
    ++taken_;
    place = std::find_if(tickets_.begin(), tickets_.end(), [](const Ticket& other) { return other.rcvid == 0; });
    if (place == tickets_.end()) place = tickets_.emplace(place);
  }
  *place = ticket;
  return static_cast<std::int32_t>(place - tickets_.begin()) + 1;
}

const Tickets::Ticket* Tickets::find(Value number) const {
  if (rcvid_of(number) == 0) return nullptr;
  const Ticket& ticket = tickets_[static_cast<std::size_t>(number - 1)];
  return ticket.is_open ? &ticket : nullptr;
}

Value Tickets::rcvid_of(Value number) const {
  const bool is_known = number >= 1 && number <= static_cast<Value>(tickets_.size());
  return is_known ? tickets_[static_cast<std::size_t>(number - 1)].rcvid : 0;
}

std::int32_t Tickets::number_of(Value rcvid) const {
  const auto place =
      std::find_if(tickets_.begin(), tickets_.end(), [rcvid](const Ticket& ticket) { return ticket.rcvid == rcvid; });
  return place == tickets_.end() ? 0 : static_cast<std::int32_t>(place - tickets_.begin()) + 1;
}

void Tickets::close(Value number) {
  if (find(number) != nullptr) tickets_[static_cast<std::size_t>(number - 1)].is_open = false;
}

}  // namespace memsim::programs
