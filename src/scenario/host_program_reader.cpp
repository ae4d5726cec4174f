// `program: {run: ./walk, args: [...]}`: a program of the host, which lies beside the scenario.
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "scenario/world_reader.hpp"

namespace memsim::loader {
namespace {

namespace fs = std::filesystem;

// Below the scenario's folder: no absolute path, and no way up.
bool stays_beside(const fs::path& path) {
  if (path.empty() || path.is_absolute()) return false;
  for (const fs::path& part : path) {
    if (part == "..") return false;
  }
  return true;
}

bool is_executable(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  return !error && fs::is_regular_file(status) && (status.permissions() & fs::perms::owner_exec) != fs::perms::none;
}

void read_arguments(Loading& loading, const MapReader& map, HostProgram& program) {
  const Node* node = map.find("args");
  if (node == nullptr) return;
  if (node->kind != Node::Kind::sequence) {
    loading.faults.add(node->place, "args: expected a list of texts, such as [--frames, 3]");
    return;
  }
  for (const NodeId id : node->items) {
    const std::string* text = scalar_text(loading, loading.tree[id], "an argument");
    if (text == nullptr) continue;
    if (text->find('\0') != std::string::npos) {
      loading.faults.add(loading.tree[id].place, "args: a program's argument has no NUL in it");
    }
    program.arguments.push_back(*text);
  }
}

}  // namespace

std::shared_ptr<const HostProgram> read_host_program(Loading& loading, const Node& node, std::string_view process) {
  MapReader map(loading, node, host_program_group());
  HostProgram program;
  program.name = map.text("run", "program");
  program.compute_per_call = map.duration("compute_per_call", program.compute_per_call);
  program.per_1000_instructions = map.duration("per_1000_instructions", program.per_1000_instructions);
  program.host_seconds = map.integer("host_seconds", program.host_seconds);
  read_arguments(loading, map, program);
  if (map.find("run") == nullptr) return nullptr;
  const Place place = map.place("run");
  if (loading.options.host_programs == HostPrograms::refuse) {
    loading.faults.add(place,
                       fmt::format("process {} starts the program {} of the host", loader::in_quotes(process),
                                   loader::in_quotes(program.name)),
                       "give --programs to start the programs of a scenario that you trust");
    return nullptr;
  }
  if (!stays_beside(program.name)) {
    loading.faults.add(place, fmt::format("{} is no path below the scenario's folder", loader::in_quotes(program.name)),
                       "programs lie beside the scenario: ./walk");
    return nullptr;
  }
  const fs::path path = fs::path(loading.source.path()).parent_path() / program.name;
  if (loading.options.host_programs == HostPrograms::start && !is_executable(path)) {
    loading.faults.add(place, fmt::format("there is no program {}", loader::in_quotes(path.string())),
                       fmt::format("build it with memsim cc -o {} FILE.c", path.lexically_normal().string()));
    return nullptr;
  }
  program.path = path.string();
  return std::make_shared<const HostProgram>(std::move(program));
}

}  // namespace memsim::loader
