#include "programs/calls/tickets.hpp"

#include <algorithm>

namespace memsim::programs {

std::int32_t Tickets::add(Value rcvid, std::span<const Value> results) {
  auto place = std::find_if(tickets_.begin(), tickets_.end(), [](const Ticket& ticket) { return ticket.rcvid == 0; });
  if (place == tickets_.end()) place = tickets_.emplace(place);
  *place = {.rcvid = rcvid};
  std::copy_n(results.begin(), std::min(results.size(), place->results.size()), place->results.begin());
  return static_cast<std::int32_t>(place - tickets_.begin()) + 1;
}

const Tickets::Ticket* Tickets::find(Value number) const {
  if (number < 1 || number > static_cast<Value>(tickets_.size())) return nullptr;
  const Ticket& ticket = tickets_[static_cast<std::size_t>(number - 1)];
  return ticket.rcvid != 0 ? &ticket : nullptr;
}

std::int32_t Tickets::number_of(Value rcvid) const {
  const auto place =
      std::find_if(tickets_.begin(), tickets_.end(), [rcvid](const Ticket& ticket) { return ticket.rcvid == rcvid; });
  return place == tickets_.end() ? 0 : static_cast<std::int32_t>(place - tickets_.begin()) + 1;
}

void Tickets::remove(Value number) {
  if (find(number) != nullptr) tickets_[static_cast<std::size_t>(number - 1)] = {};
}

}  // namespace memsim::programs
