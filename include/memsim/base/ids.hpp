// Identifiers of simulated things. Each is its own type; none converts to another or to an integer by accident.
#pragma once

#include <compare>
#include <cstdint>

namespace memsim {

template <class Tag, class Rep>
class Id {
 public:
  using rep = Rep;
  constexpr Id() = default;
  constexpr explicit Id(Rep value) : value_(value) {}
  [[nodiscard]] constexpr Rep value() const { return value_; }
  constexpr auto operator<=>(const Id&) const = default;

 private:
  Rep value_ = 0;
};

// pid: 1 is the system process (the memory manager); user processes count from 2 in order of creation, never reused.
using ProcessId = Id<struct ProcessIdTag, std::uint32_t>;
// tid: counts from 1 inside its process.
using ThreadId = Id<struct ThreadIdTag, std::uint32_t>;
// chid: a channel, numbered from 1 inside the process that created it.
using ChannelId = Id<struct ChannelIdTag, std::int32_t>;
// coid: a connection, and, because descriptors are connections in the modelled system, a file descriptor too.
// Negative is never valid; numbers from 0x40000000 up are side channels.
using ConnectionId = Id<struct ConnectionIdTag, std::int32_t>;
// rcvid: the server's reply ticket for one received message. Greater than zero for a message, 0 for a pulse.
using ReceiveId = Id<struct ReceiveIdTag, std::int64_t>;
// A memory object, numbered from 1 in order of creation over the whole run; 0 is "none".
using ObjectId = Id<struct ObjectIdTag, std::uint32_t>;
// A region of physical memory: its index in the machine's list.
using RegionId = Id<struct RegionIdTag, std::uint16_t>;
// A simulated processor.
using CpuId = Id<struct CpuIdTag, std::uint16_t>;
// On whose behalf memory comes back that no processor's lists take: straight to what all processors share, as the
// kernel gives it back where an interrupt finds them held.
inline constexpr CpuId kNoCpu{0xffff};

// _NTO_SIDE_CHANNEL: the first connection id outside the descriptor space.
inline constexpr ConnectionId kSideChannel{0x40000000};
// What a server knows a client's connection by (scoid). The modelled system counts them as it does coids; memsim has
// one for each client process, out of the way of all coids.
inline constexpr std::int64_t kServerConnections{0x60000000};
// The memory manager's process, channel and every process's ready-made connection to it.
inline constexpr ProcessId kMemmgrPid{1};
inline constexpr ChannelId kMemmgrChid{1};
inline constexpr ConnectionId kMemmgrCoid = kSideChannel;

}  // namespace memsim
