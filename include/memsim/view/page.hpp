// The page of a report: runs as one HTML file that people open from disk, with maps of memory over time, lines,
// distributions and tables (docs/output.md, "The page").
//
// A view like any other: all of it comes from the record stream and from what was stored of it. Numbers are packed into
// columns as they come, some ten bytes for each change of memory, and are never text; names go in as JSON, escaped.
// The page's own script and style are made by node at build time (src/view/page/web); a program built without them has
// no page, and says so.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <memsim/base/call.hpp>
#include <memsim/base/errno.hpp>
#include <memsim/base/host_error.hpp>
#include <memsim/base/ids.hpp>
#include <memsim/base/units.hpp>
#include <memsim/engine/view.hpp>
#include <memsim/view/first_of.hpp>
#include <memsim/view/follow/name_book.hpp>
#include <memsim/view/follow/talk_book.hpp>
#include <memsim/view/page/map_changes.hpp>
#include <memsim/view/page/packed_column.hpp>
#include <memsim/view/summary.hpp>

namespace memsim {

// One run, ready for the page.
struct PageRun {
  std::string label;  // what sets it apart from the others: "buddy", "memory=64MiB, seed 3"
  std::string head;   // a JSON object
  std::string data;   // the columns that the head describes
};

// A curve of how many of some runs were not refused yet, over time. Shares in millionths.
struct SurvivalCurve {
  struct Point {
    SimTime time;
    std::uint32_t share = 1'000'000;
    std::uint32_t low = 1'000'000;  // the band around it
    std::uint32_t high = 1'000'000;
  };
  std::string name;
  std::uint64_t runs = 0;
  std::uint64_t failed = 0;
  std::vector<Point> points;  // by time; the first at 0, the last at the end of the longest run
};

// A sweep, which has so many runs that a page tells of them all together.
struct SweepPage {
  struct Survival {
    std::string title;  // of what: "probe big: a contiguous 1 MiB"
    std::vector<SurvivalCurve> curves;
  };
  struct Table {
    std::string title;
    std::vector<std::string> notes;  // before the rows
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
  };
  std::string title;
  std::vector<std::string> about;
  std::vector<Survival> survival;
  std::vector<Table> tables;
};

// What stands above the runs.
struct PageExtras {
  std::optional<SweepPage> sweep;       // instead of runs
  std::string about;                    // one line; may be empty
  std::vector<SurvivalCurve> survival;  // may be empty
  // A table of measures, the runs side by side: the first row is the heading. May be empty.
  std::vector<std::vector<std::string>> comparison;
};

// Whether this program has a page.
[[nodiscard]] bool has_page();

// The whole file. Requires: there are runs, or a sweep. Errors: a program built without the page (exit code 4), with
// the command that adds it. The same bytes for the same runs. O(size of the runs).
[[nodiscard]] HostResult<std::string> render_page(std::span<const PageRun> runs, const PageExtras& extras);

// How much a page keeps of a run; the page says where that was not all.
struct PageLimits {
  std::size_t changes = 2'000'000;    // of the map: see map_changes.hpp
  std::uint64_t samples = 2'000'000;  // of each region
  std::size_t rows = 1'000;           // of each table
};

// Gathers one run for the page. Subscribe it before the run and ask after it.
class PageView final : public View<PageView> {
 public:
  explicit PageView(PageLimits limits = {}) : limits_(limits), changes_(limits.changes) {}

  auto followers() { return std::tie(names_, talk_); }
  void on(const RunStarted& record);
  void on(const RegionAdded& record);
  void on(const ProcessStarted& record);
  void on(const MessageSent& record);
  void on(const MessageReceived& record);
  void on(RunPoint at, const MessageReplied& record);
  void on(RunPoint at, const CallCompleted& record);
  void on(const ObjectCreated& record);
  void on(const ObjectPopulated& record);
  void on(const ObjectDestroyed& record);
  void on(RunPoint at, const FramesReserved& record);
  void on(RunPoint at, const FramesAdded& record);
  void on(RunPoint at, const FramesAllocated& record);
  void on(RunPoint at, const FramesReleased& record);
  void on(RunPoint at, const FramesMoved& record);
  void on(RunPoint at, const FramesPinned& record);
  void on(RunPoint at, const SegmentReply& record);
  void on(RunPoint at, const RegionSample& record);
  void on(RunPoint at, const ObjectSample& record);
  void on(RunPoint at, const ProbeResult& record);

  // What was gathered, with what `summary` (of the same run) knows: what made the run, its end, latencies, deadlocks,
  // notes, expectations, and why contiguous requests failed where that was asked for.
  [[nodiscard]] PageRun run(const Summary& summary, std::string_view label) const;

 private:
  struct Region {
    std::string name;
    FrameNumber first;
    FrameCount frames;
    bool general = true;
    std::uint64_t samples = 0;
    unsigned orders = 1;
    PackedColumn time;
    PackedColumn free;
    PackedColumn largest;
    std::vector<PackedColumn> blocks;  // by order
    // Since when more than half of what is free lies outside the longest run; never() while it does not.
    SimTime scattered_since = never();
  };
  struct Probe {
    std::string name;
    std::uint64_t samples = 0;
    PackedColumn time;
    PackedColumn ok{PackedColumn::Mode::plain};
  };
  struct FailedCall {
    SimTime time;
    std::string process;
    Call call = Call::msg_send;
    Errno error = Errno::eok;
    ObjectId object;
  };
  struct ShortReply {
    SimTime time;
    std::string process;
    ObjectId object;
    std::uint64_t capacity = 0;
    std::uint64_t in_range = 0;
  };
  // What the messages of a call cost a process.
  struct Cost {
    std::uint64_t messages = 0;
    SimDuration waited;  // from send to reply, of all
    SimDuration worst;
  };
  struct Object {
    ProcessId maker;
    bool of_mapping = false;
    std::uint64_t segments = 0;
  };
  class Head;  // page_run.cpp

  void add_failure(SimTime time, ProcessId pid, Call call, Errno error, ObjectId object);
  void remember_name(ObjectId object);
  [[nodiscard]] std::string object_name(ObjectId object) const;

  PageLimits limits_;
  NameBook names_;
  TalkBook talk_;
  Bytes page_size_;
  std::vector<Region> regions_;
  std::vector<Probe> probes_;
  std::vector<std::string> reservations_;
  std::vector<std::pair<ProcessId, std::string>> processes_;
  std::map<ObjectId, std::string> object_names_;  // of those that the map or a table speaks of
  std::map<ObjectId, Object> objects_;            // live
  std::map<std::pair<ProcessId, Call>, Cost> costs_;
  // Messages to the memory manager, not yet received: who sent them for which call.
  std::map<std::uint64_t, std::pair<ProcessId, Call>> on_their_way_;
  std::map<ProcessId, Call> served_;  // the call of each process that the memory manager took last

  MapChanges changes_;

  std::uint64_t object_samples_ = 0;
  PackedColumn object_time_;
  std::array<PackedColumn, 5> object_values_;

  FirstOf<FailedCall> failed_calls_;
  FirstOf<ShortReply> short_replies_;
};

}  // namespace memsim
