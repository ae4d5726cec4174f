// What the messenger's files share with each other and with nobody else.
#pragma once

#include "kernel/tables/kernel.hpp"

namespace memsim::messenger {

// The list of REPLY-blocked clients of a channel, linked through the threads.
void link_reply_blocked(Kernel& kernel, ThreadSlot client, ChannelSlot channel);
void unlink_reply_blocked(Kernel& kernel, ThreadSlot client);

// A RECEIVE-blocked server thread, already off its channel's list, goes on with an error.
void give_up_receiving(Kernel& kernel, ThreadSlot server, Errno why);

// Hands to a server thread what waited at the channel, or has just come: a message makes its client REPLY-blocked. The
// server takes over its priority.
void accept(Kernel& kernel, ThreadSlot server, const Waiting& waiting);

}  // namespace memsim::messenger
