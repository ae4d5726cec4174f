// What a program asks over its link, as the door's call; and the door's answer, as the link's reply.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include <memsim/kernel/caller.hpp>
#include <memsim/runtime/calls.hpp>
#include <memsim/runtime/link.hpp>

#include "programs/calls/tickets.hpp"

namespace memsim::programs {

// One question, copied from the slot and found to be possible.
struct Question {
  link::ProgramCall call{};
  std::span<const std::int64_t, link::kArguments> arguments;
  std::string_view text;
  std::span<const std::byte> bytes;
};

struct Answered {
  link::Reply reply{};
  std::vector<std::byte> bytes{};  // for the window
};

// What a question becomes: a call that `ask` has then, or an answer at once.
[[nodiscard]] std::optional<Answered> translate(const Question& question, const Tickets& tickets, Ask& ask);

// The reply to a call. `made`: what translate() made of the question, whose call was `call`. Enters a message received
// into the tickets, and takes one out that was replied to (`number`: the program's).
[[nodiscard]] Answered reply_to(link::ProgramCall call, const Ask& made, const Answer& answer, Value number,
                                Tickets& tickets);

[[nodiscard]] Answered refusal(int host_errno);

}  // namespace memsim::programs
