#include <fmt/format.h>

#include <optional>
#include <vector>

#include <memsim/replay/import_machine.hpp>

#include "replay/import/dts_nodes.hpp"
#include "replay/import/machine_yaml.hpp"
#include "replay/input/input_fault.hpp"

namespace memsim {
namespace {

struct Reg {
  std::uint64_t first = 0;
  std::uint64_t size = 0;
};

// One cell's value is 32 bits; two make 64.
std::optional<std::uint64_t> join(const std::vector<DtsCell>& cells, std::size_t at, std::uint64_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (i >= cells.size() || !cells[i].is_known) return std::nullopt;
    if (count > 2 && i + 2 < at + count && cells[i].value != 0) return std::nullopt;
    value = value << 32U | cells[i].value;
  }
  return value;
}

std::uint64_t cells_of(const DtsNode& parent, std::string_view name, std::uint64_t otherwise) {
  const DtsProperty* const found = parent.property(name);
  if (found == nullptr || found->cells.size() != 1 || !found->cells.front().is_known) return otherwise;
  return std::min<std::uint64_t>(found->cells.front().value, 4);
}

// The ranges of a node's reg; nothing where it has none or one that only a compiler of device trees can tell.
std::optional<std::vector<Reg>> regs_of(const DtsNode& node, const DtsNode& parent) {
  const DtsProperty* const reg = node.property("reg");
  if (reg == nullptr) return std::nullopt;
  const std::uint64_t address = cells_of(parent, "#address-cells", 2);
  const std::uint64_t size = cells_of(parent, "#size-cells", 1);
  if (address == 0 || size == 0 || reg->cells.empty() || reg->cells.size() % (address + size) != 0) return std::nullopt;
  std::vector<Reg> regs;
  for (std::size_t at = 0; at < reg->cells.size(); at += address + size) {
    const auto first = join(reg->cells, at, address);
    const auto bytes = join(reg->cells, at + address, size);
    if (!first || !bytes || *first + *bytes < *first) return std::nullopt;
    regs.push_back({*first, *bytes});
  }
  return regs;
}

void add_memory(const DtsNode& node, const DtsNode& parent, MachineYaml& yaml) {
  const std::optional<std::vector<Reg>> regs = regs_of(node, parent);
  if (!regs) {
    yaml.add_comment(fmt::format("line {}: node {} has no reg that is written out", node.line, node.name));
    return;
  }
  for (const Reg& reg : *regs) {
    if (reg.size == 0) {
      yaml.add_comment(fmt::format("line {}: node {}: the boot loader fills in its size", node.line, node.name));
    } else {
      yaml.add_region(sysram_name(reg.first + reg.size), reg.first, reg.first + reg.size, true);
    }
  }
}

void add_reserved(const DtsNode& node, const DtsNode& parent, MachineYaml& yaml) {
  const std::string name = node.label.empty() ? node.name.substr(0, node.name.find('@')) : node.label;
  if (const DtsProperty* const status = node.property("status"); status != nullptr && status->text == "disabled") {
    yaml.add_comment(fmt::format("line {}: {} is disabled", node.line, name));
    return;
  }
  const std::optional<std::vector<Reg>> regs = regs_of(node, parent);
  if (!regs) {
    const bool has_size = node.property("size") != nullptr;
    yaml.add_comment(fmt::format(
        "line {}: {} {}", node.line, name,
        has_size ? "is placed at boot: give it a base, or leave it out" : "has no reg that is written out"));
    return;
  }
  for (const Reg& reg : *regs) {
    if (reg.size != 0) yaml.add_reservation(name, reg.first, reg.first + reg.size);
  }
  if (node.property("reusable") != nullptr) {
    yaml.add_comment(fmt::format(
        "line {}: {} is reusable: movable pages may use it until it is asked for; here they may not", node.line, name));
  }
}

bool is_called(const DtsNode& node, std::string_view name) {
  return node.name == name ||
         (node.name.starts_with(name) && node.name.size() > name.size() && node.name[name.size()] == '@');
}

void visit(const DtsNode& node, MachineYaml& yaml) {
  for (const DtsNode& child : node.children) {
    const DtsProperty* const kind = child.property("device_type");
    if (is_called(child, "memory") || (kind != nullptr && kind->text == "memory")) {
      add_memory(child, node, yaml);
    } else if (is_called(child, "reserved-memory")) {
      for (const DtsNode& reserved : child.children) add_reserved(reserved, child, yaml);
    } else if (child.name.starts_with('/')) {
      visit(child, yaml);  // the root, as often as it is written
    }
  }
}

}  // namespace

HostResult<std::string> import_dts(const std::string& path, PageSize page_size, const TraceLimits& limits) {
  HostResult<DtsFile> file = read_dts(path, limits);
  if (!file) return Unexpected(std::move(file).error());
  MachineYaml yaml(path, page_size);
  for (const std::string& unknown : file->unknown) yaml.add_comment(unknown);
  visit(file->top, yaml);
  for (const auto& [first, size] : file->memreserves) yaml.add_reservation("memreserve", first, first + size);
  if (yaml.has_regions()) return yaml.text();
  return input_fault({.path = path}, "no memory node whose reg is written out",
                     "import the compiled tree: dtc -I dtb -O dts board.dtb > board.dts");
}

}  // namespace memsim
