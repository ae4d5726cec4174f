#include <memsim/analysis/process_graph.hpp>

#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/graph/adjacency_list.hpp>

#include <memsim/base/host_error.hpp>

namespace memsim {
namespace {

struct Node {
  enum class Kind : std::uint8_t { process, channel, destroyed_channel, interrupt, timer };
  Kind kind = Kind::process;
  ProcessId pid;
  ChannelId chid;  // or the number of a source, from 1
  std::string name;
};

struct Edge {
  std::vector<ConnectionId> coids;  // empty: from a channel to its receiver
  std::uint64_t messages = 0;
  std::string label = {};  // of a source's
};

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, Node, Edge>;
using Vertex = Graph::vertex_descriptor;

constexpr std::size_t kCoidsNamed = 4;

// The text between the quotes of a DOT string.
std::string quotable(std::string_view text) {
  std::string out;
  for (const char c : escaped_for_terminal(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

class Builder {
 public:
  Builder(const GraphSnapshot& snapshot, std::span<const ConnectionTraffic> traffic, MemmgrConnections memmgr,
          std::span<const ProcessSource> sources) {
    for (const ConnectionTraffic& item : traffic) messages_[{item.pid, item.coid}] += item.messages;
    for (const ProcessSnapshot& process : snapshot.processes) {
      processes_[process.pid] =
          boost::add_vertex({Node::Kind::process, process.pid, ChannelId(), process.name}, graph_);
    }
    for (const ChannelSnapshot& channel : snapshot.channels) {
      add_channel(Node::Kind::channel, channel.pid, channel.chid);
    }
    for (const ConnectionSnapshot& connection : snapshot.connections) {
      const bool ready_made = connection.coid == kMemmgrCoid && connection.server == kMemmgrPid;
      const bool is_used = memmgr == MemmgrConnections::used && messages_.contains({connection.pid, connection.coid});
      if (memmgr == MemmgrConnections::shown || is_used || !ready_made) add_connection(connection);
    }
    for (const ProcessSource& source : sources) add_source(source);
  }

  [[nodiscard]] const Graph& graph() const { return graph_; }

 private:
  // A channel without a process of its own may come up: the drawing may be taken while a process ends.
  Vertex add_channel(Node::Kind kind, ProcessId pid, ChannelId chid) {
    const Vertex channel = boost::add_vertex({kind, pid, chid, {}}, graph_);
    channels_[{pid, chid}] = channel;
    const auto owner = processes_.find(pid);
    if (owner != processes_.end()) boost::add_edge(channel, owner->second, Edge{}, graph_);
    return channel;
  }

  void add_connection(const ConnectionSnapshot& connection) {
    const auto client = processes_.find(connection.pid);
    if (client == processes_.end()) return;
    const auto known = channels_.find({connection.server, connection.chid});
    const Vertex channel = known != channels_.end()
                               ? known->second
                               : add_channel(Node::Kind::destroyed_channel, connection.server, connection.chid);
    const auto [edge, exists] = boost::edge(client->second, channel, graph_);
    Edge& joined = graph_[exists ? edge : boost::add_edge(client->second, channel, Edge{}, graph_).first];
    joined.coids.push_back(connection.coid);
    const auto sent = messages_.find({connection.pid, connection.coid});
    if (sent != messages_.end()) joined.messages += sent->second;
  }

  void add_source(const ProcessSource& source) {
    const auto process = processes_.find(source.pid);
    if (process == processes_.end()) return;
    Vertex from = process->second;
    if (source.kind != ProcessSource::Kind::itself) {
      const auto [known, is_new] = sources_.try_emplace({source.kind, source.name});
      if (is_new) {
        const bool is_timer = source.kind == ProcessSource::Kind::timer;
        const auto number = ChannelId(static_cast<ChannelId::rep>(sources_.size()));
        known->second = boost::add_vertex(
            {is_timer ? Node::Kind::timer : Node::Kind::interrupt, ProcessId(), number, source.name}, graph_);
      }
      from = known->second;
    }
    Edge edge;
    for (const std::string& line : source.label) edge.label += (edge.label.empty() ? "" : R"(\n)") + quotable(line);
    boost::add_edge(from, process->second, edge, graph_);
  }

  Graph graph_;
  std::map<std::pair<ProcessSource::Kind, std::string>, Vertex> sources_;
  std::map<ProcessId, Vertex> processes_;
  std::map<std::pair<ProcessId, ChannelId>, Vertex> channels_;
  std::map<std::pair<ProcessId, ConnectionId>, std::uint64_t> messages_;
};

std::string id_of(const Node& node) {
  if (node.kind == Node::Kind::process) return fmt::format("p{}", node.pid.value());
  if (node.kind == Node::Kind::interrupt || node.kind == Node::Kind::timer) {
    return fmt::format("s{}", node.chid.value());
  }
  return fmt::format("p{}c{}", node.pid.value(), node.chid.value());
}

std::string attributes_of(const Node& node) {
  switch (node.kind) {
    case Node::Kind::process:
      return fmt::format(R"(shape=box, label="{}\npid {}")", quotable(node.name), node.pid.value());
    case Node::Kind::channel:
      return fmt::format(R"(shape=ellipse, label="chid {}")", node.chid.value());
    case Node::Kind::destroyed_channel:
      return fmt::format(R"-(shape=ellipse, style=dashed, label="chid {} of pid {}\n(destroyed)")-", node.chid.value(),
                         node.pid.value());
    case Node::Kind::interrupt:
      return fmt::format(R"(shape=diamond, label="{}")", quotable(node.name));
    case Node::Kind::timer:
      return fmt::format(R"(shape=hexagon, label="{}")", quotable(node.name));
  }
  MEMSIM_CHECK_THAT(false, "a known kind of node");
  return {};
}

std::string coid_text(ConnectionId coid) {
  if (coid == kMemmgrCoid) return "MEMMGR_COID";
  if (coid < kSideChannel) return fmt::format("{}", coid.value());
  return fmt::format("side {}", coid.value() - kSideChannel.value());
}

std::string label_of(const Edge& edge) {
  std::string label = edge.coids.size() == 1 ? "coid " : "coids ";
  for (std::size_t i = 0; i < edge.coids.size() && i < kCoidsNamed; ++i) {
    label += (i == 0 ? "" : ", ") + coid_text(edge.coids[i]);
  }
  if (edge.coids.size() > kCoidsNamed) label += fmt::format(" and {} more", edge.coids.size() - kCoidsNamed);
  if (edge.messages == 1) label += R"(\n1 message)";
  if (edge.messages > 1) label += fmt::format(R"(\n{} messages)", edge.messages);
  return label;
}

// The memory manager without a client in the drawing says nothing.
bool is_drawn(const Graph& graph, Vertex vertex) {
  const Node& node = graph[vertex];
  if (node.pid != kMemmgrPid) return true;
  if (node.kind != Node::Kind::process) return boost::in_degree(vertex, graph) > 0;
  const auto [begin, end] = boost::in_edges(vertex, graph);
  for (auto edge = begin; edge != end; ++edge) {
    if (boost::in_degree(boost::source(*edge, graph), graph) > 0) return true;
  }
  return false;
}

std::string drawing_of(const Graph& graph) {
  std::string out =
      "digraph memsim {\n"
      "  rankdir=LR;\n"
      "  node [fontname=\"sans-serif\", fontsize=11];\n"
      "  edge [fontname=\"sans-serif\", fontsize=9];\n";
  for (Vertex vertex = 0; vertex < boost::num_vertices(graph); ++vertex) {
    if (is_drawn(graph, vertex)) out += fmt::format("  {} [{}];\n", id_of(graph[vertex]), attributes_of(graph[vertex]));
  }
  const auto [begin, end] = boost::edges(graph);
  for (auto edge = begin; edge != end; ++edge) {
    const Vertex from = boost::source(*edge, graph);
    const Vertex to = boost::target(*edge, graph);
    if (!is_drawn(graph, from) || !is_drawn(graph, to)) continue;
    const Edge& own = graph[*edge];
    std::string style = fmt::format(R"(label="{}")", own.label.empty() ? label_of(own) : own.label);
    if (own.coids.empty() && own.label.empty()) style = "style=bold, arrowhead=none, color=gray50";
    if (!own.label.empty()) style += ", style=dashed";
    out += fmt::format("  {} -> {} [{}];\n", id_of(graph[from]), id_of(graph[to]), style);
  }
  return out + "}\n";
}

}  // namespace

std::string to_dot(const GraphSnapshot& graph, std::span<const ConnectionTraffic> traffic, MemmgrConnections memmgr,
                   std::span<const ProcessSource> sources) {
  return drawing_of(Builder(graph, traffic, memmgr, sources).graph());
}

}  // namespace memsim
