#include <memsim/analysis/process_graph.hpp>

#include <string>

#include <gtest/gtest.h>

namespace memsim {
namespace {

ConnectionSnapshot connection(std::uint32_t pid, std::int32_t coid, std::uint32_t server, std::int32_t chid) {
  return {ProcessId(pid), ConnectionId(coid), ProcessId(server), ChannelId(chid)};
}

ConnectionSnapshot to_memmgr(std::uint32_t pid) { return {ProcessId(pid), kMemmgrCoid, kMemmgrPid, kMemmgrChid}; }

GraphSnapshot camera_and_server() {
  GraphSnapshot graph;
  graph.processes = {{kMemmgrPid, "procnto"}, {ProcessId(2), "camera"}, {ProcessId(3), "server"}};
  graph.channels = {{kMemmgrPid, kMemmgrChid}, {ProcessId(3), ChannelId(1)}};
  graph.connections = {connection(2, 3, 3, 1), to_memmgr(2), to_memmgr(3)};
  return graph;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(ProcessGraphDot, DrawsBoxesEllipsesAndLabelledEdges) {
  EXPECT_EQ(to_dot(camera_and_server()),
            "digraph memsim {\n"
            "  rankdir=LR;\n"
            "  node [fontname=\"sans-serif\", fontsize=11];\n"
            "  edge [fontname=\"sans-serif\", fontsize=9];\n"
            "  p2 [shape=box, label=\"camera\\npid 2\"];\n"
            "  p3 [shape=box, label=\"server\\npid 3\"];\n"
            "  p3c1 [shape=ellipse, label=\"chid 1\"];\n"
            "  p3c1 -> p3 [style=bold, arrowhead=none, color=gray50];\n"
            "  p2 -> p3c1 [label=\"coid 3\"];\n"
            "}\n");
}

TEST(ProcessGraphDot, ShowsTheMemoryManagerWhenAsked) {
  const std::string dot = to_dot(camera_and_server(), {}, MemmgrConnections::shown);
  EXPECT_TRUE(contains(dot, "p1 [shape=box, label=\"procnto\\npid 1\"]"));
  EXPECT_TRUE(contains(dot, "p2 -> p1c1 [label=\"coid MEMMGR_COID\"]"));
  EXPECT_TRUE(contains(dot, "p1c1 -> p1 "));
}

TEST(ProcessGraphDot, ShowsTheConnectionsToTheMemoryManagerThatWereUsed) {
  const std::vector<ConnectionTraffic> traffic{{ProcessId(3), kMemmgrCoid, 2}};
  const std::string dot = to_dot(camera_and_server(), traffic, MemmgrConnections::used);
  EXPECT_TRUE(contains(dot, "p3 -> p1c1 [label=\"coid MEMMGR_COID\\n2 messages\"]"));
  EXPECT_FALSE(contains(dot, "p2 -> p1c1"));
}

TEST(ProcessGraphDot, CountsMessages) {
  const std::vector<ConnectionTraffic> traffic{
      {ProcessId(2), ConnectionId(3), 1}, {ProcessId(3), kMemmgrCoid, 2}, {ProcessId(9), ConnectionId(9), 9}};
  const std::string dot = to_dot(camera_and_server(), traffic, MemmgrConnections::shown);
  EXPECT_TRUE(contains(dot, "label=\"coid 3\\n1 message\""));
  EXPECT_TRUE(contains(dot, "label=\"coid MEMMGR_COID\\n2 messages\""));
}

TEST(ProcessGraphDot, JoinsConnectionsBetweenTheSameTwo) {
  GraphSnapshot graph = camera_and_server();
  for (const std::int32_t coid : {4, 5, 6, 7, 8}) graph.connections.push_back(connection(2, coid, 3, 1));
  const std::vector<ConnectionTraffic> traffic{{ProcessId(2), ConnectionId(3), 10}, {ProcessId(2), ConnectionId(8), 5}};
  EXPECT_TRUE(contains(to_dot(graph, traffic), "p2 -> p3c1 [label=\"coids 3, 4, 5, 6 and 2 more\\n15 messages\"]"));
}

TEST(ProcessGraphDot, DrawsADestroyedChannelDashed) {
  GraphSnapshot graph = camera_and_server();
  graph.channels.pop_back();
  const std::string dot = to_dot(graph);
  EXPECT_TRUE(contains(dot, "p3c1 [shape=ellipse, style=dashed, label=\"chid 1 of pid 3\\n(destroyed)\"]"));
  graph.processes.pop_back();
  EXPECT_TRUE(contains(to_dot(graph), "p2 -> p3c1 "));
}

TEST(ProcessGraphDot, DrawsInterruptsAndTimersAsNodesAndWaitsAsLoops) {
  using Kind = ProcessSource::Kind;
  const std::vector<ProcessSource> sources{{Kind::interrupt, "nic\"", ProcessId(2), {"9 interrupts", "1 pulse"}},
                                           {Kind::interrupt, "nic\"", ProcessId(3), {"2 interrupts"}},
                                           {Kind::timer, "timers of camera", ProcessId(2), {"1 pulse"}},
                                           {Kind::itself, "camera", ProcessId(2), {"1 wait"}},
                                           {Kind::itself, "gone", ProcessId(9), {"1 wait"}}};
  const std::string dot = to_dot(camera_and_server(), {}, MemmgrConnections::hidden, sources);
  EXPECT_TRUE(contains(dot, R"(s1 [shape=diamond, label="nic\""])")) << dot;
  EXPECT_TRUE(contains(dot, R"(s2 [shape=hexagon, label="timers of camera"])"));
  EXPECT_TRUE(contains(dot, R"(s1 -> p2 [label="9 interrupts\n1 pulse", style=dashed])"));
  EXPECT_TRUE(contains(dot, R"(s1 -> p3 [label="2 interrupts", style=dashed])"));
  EXPECT_TRUE(contains(dot, R"(p2 -> p2 [label="1 wait", style=dashed])"));
  EXPECT_FALSE(contains(dot, "p9"));
}

TEST(ProcessGraphDot, EscapesNames) {
  GraphSnapshot graph;
  graph.processes = {{ProcessId(2), "a\"];evil[\\n\x1b\n"}};
  EXPECT_TRUE(contains(to_dot(graph), "label=\"a\\\"];evil[\\\\n\\\\x1b\\\\x0a\\npid 2\"]"));
}

}  // namespace
}  // namespace memsim
