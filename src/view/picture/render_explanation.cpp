#include "view/picture/render_explanation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/base/numbers.hpp>

#include <memsim/view/labels.hpp>
#include <memsim/view/summary.hpp>
#include <memsim/view/text_table.hpp>
#include <memsim/view/value_text.hpp>
#include "view/text/frame_bytes.hpp"

namespace memsim {
namespace {

constexpr auto kLeft = TextTable::Align::left;
constexpr auto kRight = TextTable::Align::right;

class Writer {
 public:
  Writer(std::string& out, Bytes page_size) : out_(out), page_size_(page_size) {}

  void write(const FailureExplanation& failure) {
    write_what(failure);
    line("   {}: {} free, largest run {}, unusable index at order {} {}", fmt::join(failure.regions, ", "),
         counted(failure.free.count(), "frame"), failure.largest_free_run.count(), failure.order.value(),
         percent_text(failure.unusable_index_permille));
    line("   {}", verdict(failure));
    if (!failure.option.empty()) {
      line("   the policy's option '{}' rules it out", escaped_for_terminal(failure.option));
    }
    write_owners(failure.owners);
    if (failure.remedy == Remedy::move) line("   {}", why_unmoved(failure.moving));
  }

  [[nodiscard]] std::string remedy(const FailureExplanation& failure) const {
    std::string text = verdict(failure);
    if (!failure.option.empty()) {
      text += fmt::format("; the policy's option '{}' rules it out", escaped_for_terminal(failure.option));
    }
    if (failure.remedy == Remedy::move) text += fmt::format("; {}", why_unmoved(failure.moving));
    return text;
  }

 private:
  void write_what(const FailureExplanation& failure) {
    const std::string when = format_duration_human(failure.time - SimTime());
    if (!failure.probe.empty()) {
      line(" {} from {} on: {}{}", escaped_for_terminal(failure.probe), when, amount(failure.shape.count),
           constraints(failure.shape));
      return;
    }
    line(" {} at {}: {} for {}{}: {}", failure.process, when, amount(failure.shape.count), concerned(failure),
         constraints(failure.shape), errno_name(failure.error));
  }

  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    out_ += fmt::format(format, std::forward<Args>(args)...);
    out_ += '\n';
  }

  [[nodiscard]] Bytes bytes_of(FrameCount frames) const { return memsim::bytes_of(frames, page_size_); }
  [[nodiscard]] std::string amount(FrameCount frames) const {
    return fmt::format("{} ({})", counted(frames.count(), "frame"), format_size_human(bytes_of(frames)));
  }
  // "[0x1000000, 0x1010000)"
  [[nodiscard]] std::string addresses(Extent extent) const {
    return fmt::format("[{:#x}, {:#x})", bytes_of(extent.first - FrameNumber()).count(),
                       bytes_of(extent.end() - FrameNumber()).count());
  }

  static std::string concerned(const FailureExplanation& failure) {
    if (failure.object == ObjectId()) return "a new mapping";
    return object_label(failure.object, failure.object_name);
  }

  [[nodiscard]] std::string constraints(const RangeShape& shape) const {
    std::string text;
    if (shape.alignment > FrameCount(1)) text += ", aligned to " + format_size_exact(bytes_of(shape.alignment));
    if (!shape.boundary.is_zero()) text += ", within " + format_size_exact(bytes_of(shape.boundary));
    if (shape.window_first != FrameNumber() || shape.window_end != FrameNumber::max()) {
      text += ", in " + addresses({shape.window_first, shape.window_end - shape.window_first});
    }
    return text;
  }

  [[nodiscard]] std::string verdict(const FailureExplanation& failure) const {
    switch (failure.remedy) {
      case Remedy::move:
        return fmt::format("moving {} makes room at {}, where now are",
                           counted(failure.range->movable.count(), "frame"), addresses(failure.range->range));
      case Remedy::nothing_to_move:
        return fmt::format("{} is free, but the policy has no such block there to give out whole",
                           addresses(failure.range->range));
      case Remedy::none_pinned:
        return fmt::format("no moves make room: the nearest miss, {}, has {} that cannot move and {} that can",
                           addresses(failure.range->range), failure.range->pinned.count(),
                           failure.range->movable.count());
      case Remedy::none_memory:
        return fmt::format("no moves make room: {} too few are free, wherever they lie; in {} are",
                           counted(failure.missing.count(), "frame"), addresses(failure.range->range));
      case Remedy::none_range:
        return "no moves make room: this memory has no such range at all";
    }
    return {};
  }

  // Why moves that would have served were not made.
  static std::string_view why_unmoved(Moving moving) {
    switch (moving) {
      case Moving::refused:
        return "none was moved: the call had SHMCTL_NODEFRAG";
      case Moving::tried:
        return "none was moved: nowhere else was room for them";
      case Moving::off:
        break;
    }
    return "none was moved: machine.contiguous_failure is none";
  }

  // Frames of one owner, or of the instances of a fleet, that can move alike.
  struct OwnerRow {
    std::string_view fleet;  // empty: no fleet
    const FramesInTheWay* first = nullptr;
    bool can_move = false;
    FrameCount frames;
    std::uint64_t objects = 0;
  };

  static void add_to_rows(std::vector<OwnerRow>& rows, const FramesInTheWay& owner, FrameCount frames, bool can_move) {
    if (frames.is_zero()) return;
    const std::string_view fleet = fleet_of(owner.process);
    const auto alike = [&](const OwnerRow& row) {
      return !fleet.empty() && row.fleet == fleet && row.can_move == can_move;
    };
    auto row = std::find_if(rows.begin(), rows.end(), alike);
    if (row == rows.end()) row = rows.insert(row, OwnerRow{fleet, &owner, can_move, {}, 0});
    row->frames += frames;
    ++row->objects;
  }

  void write_owners(const FirstOf<FramesInTheWay>& owners) {
    std::vector<OwnerRow> rows;
    for (const FramesInTheWay& owner : owners.first) {
      add_to_rows(rows, owner, owner.movable, true);
      add_to_rows(rows, owner, owner.pinned, false);
    }
    TextTable table({kRight, kLeft, kLeft, kLeft});
    for (const OwnerRow& row : rows) add_row(table, row);
    out_ += table.text(5);
    if (owners.count > owners.first.size()) line("     ... and {} more", owners.count - owners.first.size());
  }

  static void add_row(TextTable& table, const OwnerRow& row) {
    const FramesInTheWay& owner = *row.first;
    const char* const mobility = row.can_move ? "can move" : "cannot move";
    const std::string frames = counted(row.frames.count(), "frame");
    if (owner.is_reserved) {
      table.add_row({frames, "(reserved)", owner.object_name, mobility});
    } else if (row.objects > 1) {
      table.add_row({frames, fmt::format("{}.*", row.fleet), counted(row.objects, "object"), mobility});
    } else {
      table.add_row({frames, owner.process, object_label(owner.object, owner.object_name), mobility});
    }
  }

  std::string& out_;
  Bytes page_size_;
};

}  // namespace

void append_explanations(std::string& out, std::string_view title, const FirstOf<FailureExplanation>& failures,
                         Bytes page_size) {
  out.append("\n").append(title).append("\n");
  if (failures.count == 0) out += " none\n";
  Writer writer(out, page_size);
  for (const FailureExplanation& failure : failures.first) writer.write(failure);
  const std::uint64_t more = failures.count - failures.first.size();
  if (more > 0) out += fmt::format(" ... and {} more\n", more);
}

std::string remedy_sentence(const FailureExplanation& failure, Bytes page_size) {
  std::string unused;
  return Writer(unused, page_size).remedy(failure);
}

}  // namespace memsim
