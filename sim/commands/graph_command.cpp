// `memsim graph`: the drawing of who sends to whom, over a whole run.
#include <map>
#include <memory>
#include <set>
#include <tuple>

#include <memsim/analysis/process_graph.hpp>
#include <memsim/campaign/run_session.hpp>
#include <memsim/host/interrupt.hpp>
#include <memsim/view/follow/talk_book.hpp>

#include "sim/commands/commands.hpp"
#include "sim/host/console.hpp"
#include "sim/host/source.hpp"
#include "sim/options/load_options.hpp"

namespace memsim {
namespace {

constexpr const char* kGraphExamples =
    "  memsim graph my.yaml | dot -Tsvg > my.svg\n"
    "  memsim graph --memory-manager --until 1s my.yaml\n";

// Remembers every connection that carried a message, also those that are gone at the end of the run.
class TrafficView final : public View<TrafficView> {
 public:
  auto followers() { return std::tie(talk_); }
  void on(const ProcessStarted& started) { names_[started.pid] = started.name; }
  void on(const MessageSent& sent) {
    ++messages_[{sent.pid, sent.coid}];
    connections_.insert({sent.pid, sent.coid, sent.server, sent.chid});
  }

  // The snapshot at the end with what the run had besides.
  void complete(GraphSnapshot& graph) const {
    std::map<ProcessId, std::string> processes;
    for (const ProcessSnapshot& process : graph.processes) processes.emplace(process.pid, process.name);
    std::set<Connection> connections = connections_;
    for (const ConnectionSnapshot& c : graph.connections) connections.insert({c.pid, c.coid, c.server, c.chid});
    graph.connections.clear();
    for (const auto& [pid, coid, server, chid] : connections) {
      graph.connections.push_back({pid, coid, server, chid});
      for (const ProcessId end : {pid, server}) {
        const auto name = names_.find(end);
        if (name != names_.end()) processes.emplace(end, name->second);
      }
    }
    for (const auto& [ends, talk] : talk_.edges()) {
      const auto name = names_.find(ends.second);
      if (is_beside_messages(ends.first, ends.second) && name != names_.end()) processes.emplace(*name);
    }
    graph.processes.clear();
    for (const auto& [pid, name] : processes) graph.processes.push_back({pid, name});
  }

  [[nodiscard]] std::vector<ConnectionTraffic> traffic() const {
    std::vector<ConnectionTraffic> out;
    for (const auto& [key, count] : messages_) out.push_back({key.first, key.second, count});
    return out;
  }

  // What no connection shows: interrupts, timers, and threads that wait for each other.
  [[nodiscard]] std::vector<ProcessSource> sources() const {
    std::vector<ProcessSource> out;
    for (const auto& [ends, talk] : talk_.edges()) {
      const auto& [from, pid] = ends;
      if (!is_beside_messages(from, pid)) continue;
      auto kind = ProcessSource::Kind::itself;
      if (from.kind == TalkSource::Kind::interrupt) kind = ProcessSource::Kind::interrupt;
      if (from.kind == TalkSource::Kind::timer) kind = ProcessSource::Kind::timer;
      std::vector<std::string> label = beside_messages(talk);
      if (label.empty()) continue;
      out.push_back({kind, source_label(from, name_of(from.pid)), pid, std::move(label)});
    }
    return out;
  }

 private:
  static bool is_beside_messages(const TalkSource& from, ProcessId to) {
    return from.kind != TalkSource::Kind::process || from.pid == to;
  }
  [[nodiscard]] std::string_view name_of(ProcessId pid) const {
    const auto name = names_.find(pid);
    return name == names_.end() ? std::string_view("?") : std::string_view(name->second);
  }

  using Connection = std::tuple<ProcessId, ConnectionId, ProcessId, ChannelId>;
  std::map<ProcessId, std::string> names_;
  std::map<std::pair<ProcessId, ConnectionId>, std::uint64_t> messages_;
  std::set<Connection> connections_;
  TalkBook talk_;
};

struct GraphArguments {
  std::string file;
  LoadArguments load;
  bool memory_manager = false;
};

ExitCode execute_graph(const Command& command, const GraphArguments& arguments) {
  const HostResult<Scenario> scenario = load_one(command, arguments.load, arguments.file);
  if (!scenario) return report(scenario.error());
  TrafficView view;
  HostResult<RunSession> session = RunSession::create(*scenario);
  if (!session) return report(session.error());
  session->subscribe(view);
  host::catch_interrupts();
  const HostResult<ScenarioRun> run = session->run();
  if (!run) return report(run.error());
  GraphSnapshot graph = session->world().graph();
  view.complete(graph);
  const auto memmgr = arguments.memory_manager ? MemmgrConnections::shown : MemmgrConnections::used;
  const HostResult<void> printed = print(to_dot(graph, view.traffic(), memmgr, view.sources()));
  if (!printed) return report(printed.error());
  return run->bad_end ? report({*run->bad_end}) : ExitCode::ok;
}

}  // namespace

void add_graph(Command& program) {
  Command& sub = program.add_command(
      "graph", "Run a scenario and draw its processes, channels and connections as Graphviz DOT.", kGraphExamples);
  const auto arguments = std::make_shared<GraphArguments>();
  sub.add_argument("FILE", arguments->file, kScenarioType, "The scenario; - is standard input");
  sub.add_flag("--memory-manager", arguments->memory_manager, "Also draw connections to it that nobody used");
  add_load_options(sub, arguments->load);
  sub.set_action([&sub, arguments] { return execute_graph(sub, *arguments); });
}

}  // namespace memsim
