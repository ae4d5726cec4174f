#include <memsim/replay/recorded_state.hpp>

#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memsim/base/json.hpp>
#include <memsim/phys/free_block_counts.hpp>

#include "replay/input/fields.hpp"
#include "replay/input/input_fault.hpp"
#include "replay/input/text_lines.hpp"

namespace memsim {
namespace {

constexpr unsigned kMaxOrder = 20;
constexpr std::uint64_t kMaxFrames = std::uint64_t{1} << 32;
constexpr std::uint64_t kMaxSpan = std::uint64_t{1} << 28;  // frames of a zone: 1 TiB of 4 KiB pages
constexpr std::uint64_t kMaxCpus = 1024;

// The name as given, or with the suffix of a compression, whichever is there; empty where none is.
std::string existing(const std::string& name) {
  std::error_code ignored;
  for (const std::string_view suffix : {"", ".xz", ".zst", ".gz"}) {
    std::string candidate = name + std::string(suffix);
    if (std::filesystem::is_regular_file(candidate, ignored)) return candidate;
  }
  return {};
}

struct ListedBlock {
  LinuxFreeLists::Block block;
  CpuId cpu{};
};

// "# zone Normal 100000 640000": what our own files say of the zone's span.
void read_span(std::string_view text, const std::string& zone, std::optional<Extent>& span) {
  Fields fields(text);
  std::string_view word;
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  if (!fields.word(word) || !fields.word(word) || word != "zone" || !fields.word(word) || word != zone) return;
  if (!fields.hexadecimal(first) || !fields.hexadecimal(end) || first >= end || end > kMaxFrames) return;
  span = Extent{FrameNumber(first), FrameCount(end - first)};
}

// Reads one file of lists; both have the same columns but for the processor.
HostResult<std::vector<ListedBlock>> read_list(const std::string& path, const std::string& zone, bool has_cpu,
                                               const TraceLimits& limits, std::optional<Extent>& span) {
  HostResult<TextLines> lines = TextLines::open(path, limits);
  if (!lines) return Unexpected(std::move(lines).error());
  std::vector<ListedBlock> blocks;
  std::string_view text;
  while (lines->next(text)) {
    if (text.starts_with('#')) read_span(text, zone, span);
    if (text.empty() || text.front() == '#') continue;
    Fields fields(text);
    std::uint64_t frame = 0;
    std::uint64_t order = 0;
    std::uint64_t type = 0;
    std::uint64_t cpu = 0;
    std::string_view name;
    const bool is_read = fields.hexadecimal(frame) && fields.decimal(order) && fields.word(name) &&
                         fields.decimal(type) && (!has_cpu || fields.decimal(cpu));
    if (!is_read) {
      return lines->wrong(text, fields.column(), "no free block",
                          has_cpu ? "a line is: frame (hexadecimal) order zone type processor"
                                  : "a line is: frame (hexadecimal) order zone type");
    }
    if (name != zone) continue;
    const std::uint64_t size = order <= kMaxOrder ? std::uint64_t{1} << order : 0;
    if (size == 0 || frame % size != 0 || frame + size > kMaxFrames || type > 3 || cpu >= kMaxCpus) {
      return lines->wrong(text, 0, "a block that cannot be: its order, place, type or processor is out of range",
                          fmt::format("orders go to {}, blocks are aligned to their size, types go to 3", kMaxOrder));
    }
    if (blocks.size() >= limits.blocks) {
      return lines->wrong(text, 0, fmt::format("more than {} blocks", limits.blocks),
                          "the cap can be raised with --max-blocks, or --cap list_blocks=N where a scenario names it");
    }
    const Mobility mobility = type == 3 ? Mobility::unmovable : static_cast<Mobility>(type);
    blocks.push_back(
        {{FrameNumber(frame), Order(static_cast<unsigned>(order)), mobility}, CpuId(static_cast<CpuId::rep>(cpu))});
  }
  HostResult<void> status = lines->status();
  if (!status) return Unexpected(std::move(status).error());
  return blocks;
}

Unexpected<HostError> wrong_file(const std::string& path, std::string message, std::string help = {}) {
  return input_fault({.path = path}, std::move(message), std::move(help));
}

HostResult<std::string> whole_text(const std::string& path) {
  constexpr std::size_t kMost = std::size_t{1} << 24;
  HostResult<CompressedInput> input = CompressedInput::open(path);
  if (!input) return Unexpected(std::move(input).error());
  std::string text;
  while (true) {
    HostResult<std::string_view> piece = input->next();
    if (!piece) return Unexpected(std::move(piece).error());
    if (piece->empty()) return text;
    text += *piece;
    if (text.size() > kMost) return wrong_file(path, "more than 16 MiB of JSON");
  }
}

// An unsigned number of the object, or nothing. nlohmann throws at a value of another type, so it is asked first.
std::optional<std::uint64_t> number(const nlohmann::ordered_json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  if (!object.is_object() || found == object.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint64_t>();
}

// The zone's span, the limits of its lists, and how they were tuned at that moment ("before" or "after").
HostResult<void> read_meta(RecordedState& state, const std::string& path, const std::string& moment) {
  HostResult<std::string> text = whole_text(path);
  if (!text) return Unexpected(std::move(text).error());
  const nlohmann::ordered_json meta = parse_json(*text);
  const auto zones = meta.is_object() ? meta.find("zones") : meta.end();
  if (!meta.is_object() || zones == meta.end() || !zones->is_array()) {
    return wrong_file(path, "no list of zones", "expected the meta.json of a pal-trace");
  }
  for (const nlohmann::ordered_json& zone : *zones) {
    if (!zone.is_object() || zone.value("name", nlohmann::ordered_json()) != nlohmann::ordered_json(state.zone))
      continue;
    const std::optional<std::uint64_t> first = number(zone, "start_pfn");
    const std::optional<std::uint64_t> end = number(zone, "end_pfn");
    if (!first || !end || *first >= *end || *end > kMaxFrames) {
      return wrong_file(path, fmt::format("zone {} has no start_pfn below its end_pfn", state.zone));
    }
    state.extent = {FrameNumber(*first), FrameCount(*end - *first)};
    state.page_block_order = static_cast<unsigned>(
        std::clamp<std::uint64_t>(number(meta, "pageblock_order").value_or(state.page_block_order), 1, kMaxOrder));
    state.limits.emplace("pageblock_order", std::to_string(state.page_block_order));
    if (const auto top = number(meta, "max_order")) state.limits.emplace("top_order", std::to_string(*top));
    const nlohmann::ordered_json params = zone.value("params", nlohmann::ordered_json::object());
    constexpr std::array<std::pair<const char*, const char*>, 3> kLimits = {
        {{"pcp_batch", "batch"}, {"pcp_high_min", "high_min"}, {"pcp_high_max", "high_max"}}};
    for (const auto& [recorded, option] : kLimits) {
      if (const auto value = number(params, recorded)) state.limits.emplace(option, std::to_string(*value));
    }
    if (const auto cpus = number(meta, "cpus")) state.limits.emplace("cpus", std::to_string(*cpus));
    const nlohmann::ordered_json tuned = zone.value("pcp_" + moment, nlohmann::ordered_json::array());
    for (const nlohmann::ordered_json& processor : tuned) {
      const auto cpu = number(processor, "cpu");
      const auto high = number(processor, "high");
      if (!cpu || !high || *cpu >= kMaxCpus || *high > 0xffffffffU) continue;
      if (state.lists.high.size() <= *cpu) state.lists.high.resize(*cpu + 1);
      state.lists.high[*cpu] = static_cast<std::uint32_t>(*high);
    }
    return {};
  }
  return wrong_file(path, fmt::format("no zone {}", escaped_for_terminal(state.zone)), "take another with --zone");
}

// Blocks may not overlap, and lie in the zone.
HostResult<void> check_blocks(const RecordedState& state, const std::string& path) {
  std::vector<Extent> extents;
  for (const auto& block : state.lists.blocks) extents.push_back({block.first, block.order.frames()});
  for (const auto& block : state.lists.cached) extents.push_back({block.first, block.order.frames()});
  std::sort(extents.begin(), extents.end(), [](const Extent& a, const Extent& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < extents.size(); ++i) {
    if (!state.extent.contains(extents[i])) {
      return wrong_file(path, fmt::format("frame {:#x} is free and not of zone {}, which spans {:#x} to {:#x}",
                                          extents[i].first.value(), state.zone, state.extent.first.value(),
                                          state.extent.end().value()));
    }
    if (i != 0 && extents[i - 1].end() > extents[i].first) {
      return wrong_file(path, fmt::format("frame {:#x} is free twice", extents[i].first.value()),
                        "each frame may be in one block, free or on a processor's list");
    }
  }
  return {};
}

Extent span_of(const RecordedState& state) {
  const std::uint64_t size = std::uint64_t{1} << state.page_block_order;
  std::uint64_t first = kMaxFrames;
  std::uint64_t end = 0;
  const auto add = [&](FrameNumber frame, Order order) {
    first = std::min(first, frame.value() / size * size);
    end = std::max(end, (frame.value() + order.frames().count() + size - 1) / size * size);
  };
  for (const auto& block : state.lists.blocks) add(block.first, block.order);
  for (const auto& block : state.lists.cached) add(block.first, block.order);
  return {FrameNumber(first), FrameCount(end - first)};
}

}  // namespace

HostResult<RecordedState> read_recorded_state(const std::string& path, const std::string& zone,
                                              const TraceLimits& limits) {
  std::string prefix = path;
  for (const std::string_view suffix : {".xz", ".zst", ".gz", ".blocks"}) {
    if (prefix.ends_with(suffix)) prefix.resize(prefix.size() - suffix.size());
  }
  const std::string blocks_path = existing(prefix + ".blocks");
  if (blocks_path.empty()) {
    return host_failure(ExitCode::host_failed,
                        fmt::format("no {}.blocks, with or without .xz, .zst or .gz", escaped_for_terminal(prefix)),
                        "give the name before '.blocks', as build.before for build.before.blocks.xz");
  }
  RecordedState state;
  state.zone = zone;
  std::optional<Extent> span;
  HostResult<std::vector<ListedBlock>> blocks = read_list(blocks_path, zone, false, limits, span);
  if (!blocks) return Unexpected(std::move(blocks).error());
  for (const ListedBlock& listed : *blocks) state.lists.blocks.push_back(listed.block);
  if (const std::string cached_path = existing(prefix + ".pcp"); !cached_path.empty()) {
    HostResult<std::vector<ListedBlock>> cached = read_list(cached_path, zone, true, limits, span);
    if (!cached) return Unexpected(std::move(cached).error());
    for (const auto& [block, cpu] : *cached) state.lists.cached.push_back({block.first, block.order, block.type, cpu});
  }
  if (state.lists.blocks.empty() && state.lists.cached.empty()) {
    return wrong_file(blocks_path, fmt::format("no free block of zone {}", escaped_for_terminal(zone)),
                      "take another with --zone");
  }
  const std::filesystem::path name(prefix);
  const std::string moment = name.extension().string();  // ".before"
  const std::string meta = existing((name.parent_path() / name.stem()).string() + ".meta.json");
  if (!meta.empty()) {
    HostResult<void> read = read_meta(state, meta, moment.empty() ? moment : moment.substr(1));
    if (!read) return Unexpected(std::move(read).error());
  } else {
    state.extent = span.value_or(span_of(state));
  }
  if (state.extent.count.count() > kMaxSpan) {
    return wrong_file(blocks_path, fmt::format("zone {} spans more than 2^28 frames", escaped_for_terminal(zone)));
  }
  HostResult<void> checked = check_blocks(state, blocks_path);
  if (!checked) return Unexpected(std::move(checked).error());
  note_page_block_types(state);
  return state;
}

void note_page_block_types(RecordedState& state) {
  state.known = note_page_block_types(state.lists, state.extent, state.page_block_order);
}

StartInference::StartInference(Extent extent, unsigned page_block_order) : extent_(extent), order_(page_block_order) {
  if (extent.count.is_zero()) return;
  types_.resize(((extent.end().value() - 1) >> order_) - (extent.first.value() >> order_) + 1);
}

void StartInference::see(const TraceEvent& event) {
  if (event.op == TraceOp::grow) return;
  const std::size_t cpu = event.cpu.value();
  if (cpu >= last_.size()) {
    last_.resize(cpu + 1, TraceOp::release);
    moments_.resize(cpu + 1);
  }
  const bool is_typed = (event.flags & TraceEvent::typed) != 0;
  // What the kernel does once a second: a drain though nothing was given back before.
  if (event.op == TraceOp::give && is_typed && takes(last_[cpu])) moments_[cpu].push_back(event.time);
  last_[cpu] = event.op;
  if (!is_typed || !is_of(event.op, TraceLayer::zone) || !extent_.contains(event.first)) return;
  std::optional<Mobility>& type = types_[(event.first.value() >> order_) - (extent_.first.value() >> order_)];
  if (!type) type = event.mobility;
}

void StartInference::complete(std::vector<Mobility>& page_block_types, const std::vector<bool>& told) const {
  for (std::size_t i = 0; i < types_.size(); ++i) {
    if (!told[i] && types_[i]) page_block_types[i] = *types_[i];
  }
}

}  // namespace memsim
