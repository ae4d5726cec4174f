// The drawing of processes and channels: who can send to whom, and how much was sent.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <memsim/kernel/world.hpp>

namespace memsim {

// The messages sent over one connection, for the labels of the drawing.
struct ConnectionTraffic {
  ProcessId pid;
  ConnectionId coid;
  std::uint64_t messages = 0;
};

// Which of the connections to the memory manager to draw that every process is born with.
enum class MemmgrConnections : std::uint8_t {
  hidden,  // none
  used,    // those that carried a message
  shown,
};

// What makes a process go on besides: interrupts and timers are nodes of their own with an edge to it; threads that
// wait for others of their process are an edge from it to itself.
struct ProcessSource {
  enum class Kind : std::uint8_t { interrupt, timer, itself };
  Kind kind = Kind::interrupt;
  std::string name;                // of the node
  ProcessId pid;                   // who goes on
  std::vector<std::string> label;  // the lines at the edge
};

// The graph as Graphviz DOT, from clients on the left to servers on the right: processes as boxes, channels as ellipses
// that lead to the process that receives from them. Connections of one process to one channel are one edge, labelled
// with their coids and the sum of their messages. A channel that a connection names but `graph` lacks is drawn dashed:
// it has been destroyed. With connections hidden, the memory manager is drawn only where something else leads to it.
//
// Names are quoted and escaped. The same input gives the same text, byte for byte.
[[nodiscard]] std::string to_dot(const GraphSnapshot& graph, std::span<const ConnectionTraffic> traffic = {},
                                 MemmgrConnections memmgr = MemmgrConnections::hidden,
                                 std::span<const ProcessSource> sources = {});

}  // namespace memsim
