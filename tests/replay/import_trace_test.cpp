// Recordings of other tools become traces; what was lost or cannot have happened is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memsim/replay/import_trace.hpp>

#include "replay/files.hpp"

namespace memsim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Imported {
  ImportCounts counts;
  std::vector<TraceEvent> events;
  std::vector<std::string> warnings;
  std::string error;
};

template <class Import>
Imported imported(const Files& files, Import import) {
  Imported made;
  HostResult<TraceWriter> writer = TraceWriter::create(files.path("out"), {}, TraceForm::text);
  EXPECT_TRUE(writer);
  HostResult<ImportCounts> counts = import(*writer);
  if (!counts) {
    made.error = render(counts.error(), Colour::off);
    return made;
  }
  EXPECT_TRUE(writer->finish());
  made.counts = *counts;
  made.events = events_of(files.path("out"));
  made.warnings = import_warnings(*counts, "in");
  return made;
}

Imported ftrace(const Files& files, const std::string& text) {
  const std::string path = files.write("in", text);
  return imported(files, [&](TraceWriter& to) { return import_ftrace(path, to); });
}

Imported csv(const Files& files, const std::string& text, const CsvOptions& options = {}) {
  const std::string path = files.write("in", text);
  return imported(files, [&](TraceWriter& to) { return import_csv(path, options, to); });
}

constexpr TraceEvent allocated(std::uint64_t time, std::uint64_t first, std::uint32_t count, unsigned cpu,
                               Mobility mobility) {
  return {.time = SimTime(time),
          .first = FrameNumber(first),
          .count = count,
          .cpu = CpuId(static_cast<CpuId::rep>(cpu)),
          .op = TraceOp::allocate,
          .mobility = mobility,
          .flags = TraceEvent::typed};
}
constexpr TraceEvent released(std::uint64_t time, std::uint64_t first, std::uint32_t count, unsigned cpu) {
  return {.time = SimTime(time),
          .first = FrameNumber(first),
          .count = count,
          .cpu = CpuId(static_cast<CpuId::rep>(cpu)),
          .op = TraceOp::release};
}

// The same two events as each tool and kernel writes them.
class FtraceForms : public ::testing::TestWithParam<const char*> {};

TEST_P(FtraceForms, AreReadAlike) {
  const Files files;
  const Imported made = ftrace(files, GetParam());
  EXPECT_EQ(made.error, "");
  EXPECT_THAT(made.events,
              ElementsAre(allocated(0, 0x12345, 4, 3, Mobility::movable), released(1'500'000'000, 0x12345, 4, 3)));
  EXPECT_THAT(made.warnings, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    OfToolsAndKernels, FtraceForms,
    ::testing::Values(
        // The tracer's own file, 5.4: frames in decimal, four flags; the batched free repeats the one before.
        "# tracer: nop\n#\n#           TASK-PID   CPU#  ||||    TIMESTAMP  FUNCTION\n"
        "            bash-1234  [003] ....    10.500000: mm_page_alloc: page=00000000d2be5665 pfn=74565 order=2 "
        "migratetype=1 "
        "gfp_flags=GFP_HIGHUSER_MOVABLE|__GFP_ZERO\n"
        "           <...>-77    [003] d..1    12.000000: mm_page_free: page=00000000d2be5665 pfn=74565 order=2\n"
        "           <...>-77    [003] d..1    12.000000: mm_page_free_batched: page=00000000d2be5665 pfn=74565 "
        "order=0\n",
        // 6.18: frames in hexadecimal, five flags, a command with brackets in its name.
        "     kworker[9]:1-9     [003] d..2.    10.500000: mm_page_alloc: page=0xffffea00048d1 pfn=0x12345 order=2 "
        "migratetype=1 gfp_flags=0x140cca\n"
        "     kworker[9]:1-9     [003] d..2.    12.000000: mm_page_free: page=0xffffea00048d1 pfn=0x12345 order=2\n",
        // trace-cmd report, with nanoseconds and blanks behind the name.
        "cpus=4\n"
        "            make-812   [003]    10.500000000: mm_page_alloc:        page=0xffff pfn=0x12345 order=2 "
        "migratetype=1 "
        "gfp_flags=GFP_USER\n"
        "            make-812   [003]    12.000000000: mm_page_free:         page=0xffff pfn=0x12345 order=2 \n",
        // perf script, with the system before the event; and a vendor's field between.
        "cc1plus  4242 [003]    10.500000:           kmem:mm_page_alloc: page=0x48d1 pfn=0x12345 order=2 migratetype=1 "
        "nr_free=3650 gfp_flags=GFP_KERNEL\n"
        "cc1plus  4242 [003]    12.000000:            kmem:mm_page_free: page=0x48d1 pfn=0x12345 order=2\n",
        // Among function graphs.
        "   10.500000 |   3)               |  /* mm_page_alloc: page=0000000082b1fe73 pfn=74565 order=2 migratetype=1 "
        "gfp_flags=GFP_KERNEL */\n"
        "   12.000000 |   3)   0.123 us    |  /* mm_page_free: page=0000000082b1fe73 pfn=74565 order=2 */\n",
        // Names for types.
        "a-1 [003] .... 10.500000: mm_page_alloc: page=0x1 pfn=0x12345 order=2 migratetype=MIGRATE_MOVABLE "
        "gfp_flags=0\n"
        "a-1 [003] .... 12.000000: mm_page_free: page=0x1 pfn=0x12345 order=2\n"));

TEST(Ftrace, TheZoneLayerComesWithItsFallbacks) {
  const Files files;
  const Imported made = ftrace(
      files,
      "a-1 [000] d... 1.000000: mm_page_alloc_zone_locked: page=0x1 pfn=0x10 order=0 migratetype=1 percpu_refill=1\n"
      "a-1 [000] d... 1.000001: mm_page_alloc_zone_locked: page=0x1 pfn=0x20 order=0 migratetype=1 percpu_refill=0\n"
      "a-1 [000] d... 1.000001: mm_page_alloc_extfrag: page=0x1 pfn=0x20 alloc_order=0 fallback_order=3 "
      "pageblock_order=9 alloc_migratetype=0 fallback_migratetype=1 fragmenting=1 change_ownership=0\n"
      "a-1 [000] d... 1.000002: mm_page_alloc_extfrag: page=0x1 pfn=0x40 alloc_order=1 fallback_order=9 "
      "pageblock_order=9 alloc_migratetype=2 fallback_migratetype=1 fragmenting=0 change_ownership=1\n"
      "a-1 [000] d... 1.000003: mm_page_pcpu_drain: page=0x1 pfn=0x10 order=0 migratetype=0\n");
  EXPECT_EQ(made.error, "");
  ASSERT_EQ(made.events.size(), 4U);
  EXPECT_EQ(made.events[0].op, TraceOp::take);
  EXPECT_EQ(made.events[0].mobility, Mobility::movable);
  EXPECT_EQ(made.events[1].mobility, Mobility::unmovable) << "the request's type, not that of the list";
  EXPECT_EQ(made.events[2].mobility, Mobility::reclaimable);
  EXPECT_EQ(made.events[2].count, 2U);
  EXPECT_EQ(made.events[3].op, TraceOp::give);
  EXPECT_EQ(made.events[3].mobility, Mobility::unmovable);
}

TEST(Ftrace, LossesAndImpossibleEventsAreTold) {
  const Files files;
  const Imported made =
      ftrace(files,
             "CPU:1 [LOST 12 EVENTS]\nCPU:7 [204 EVENTS DROPPED]\nCPU:2 [EVENTS DROPPED]\n"
             "a-1 [000] .... 2.000000: mm_page_alloc: page=0x1 pfn=0x10 order=0 migratetype=1 gfp_flags=0\n"
             "a-1 [000] .... 2.000001: mm_page_alloc: page=0x1 pfn=0x10 order=0 migratetype=1 gfp_flags=0\n"
             "a-1 [000] .... 2.000002: mm_page_free: page=0x1 pfn=0x10 order=0\n"
             "a-1 [000] .... 2.000003: mm_page_free: page=0x1 pfn=0x10 order=0\n"
             "a-1 [000] .... 1.000000: mm_page_free: page=0x1 pfn=0x11 order=0\n"
             "a-1 [000] .... 3.000000: mm_page_alloc: page=(nil) pfn=0x0 order=9 migratetype=1 gfp_flags=0\n"
             "a-1 [000] .... 3.000000: mm_page_alloc: page=0x1 pfn=0x20 order=0 migratetype=4 gfp_flags=0\n");
  EXPECT_THAT(made.warnings, ElementsAre(HasSubstr("in:1: 216 events lost"), HasSubstr("in:3: 1 places where"),
                                         HasSubstr("in:5: 1 pages taken that were held"),
                                         HasSubstr("in:7: 1 pages given back that were free"),
                                         HasSubstr("in:9: 1 allocations that failed"),
                                         HasSubstr("in:8: 1 times before"), HasSubstr("in:10: 1 mobility types")));
  EXPECT_EQ(made.events.size(), 6U);
}

TEST(Ftrace, AnEventThatCannotBeReadIsNamed) {
  const Files files;
  EXPECT_THAT(ftrace(files, "a-1 [000] .... mm_page_free: page=0x1 pfn=0x10 order=0\n").error,
              HasSubstr("in:1: error: a page event without a time"));
  EXPECT_THAT(ftrace(files, "a-1 [000] .... 1.000000: mm_page_free: page=0x1 order=0\n").error,
              HasSubstr("without a frame"));
  EXPECT_THAT(ftrace(files, "a-1 [000] .... 1.000000: mm_page_free: page=0x1 pfn=0x10 ord\n").error,
              HasSubstr("without an order"));
  EXPECT_THAT(ftrace(files, "a-1 [000] .... 1.000000: mm_page_free: page=0x1 pfn=0x10 order=63\n").error,
              HasSubstr("an order of more than 31"));
  EXPECT_THAT(ftrace(files, "a-1 [000] .... 1.000000: mm_page_free: page=0x1 pfn=0xffffffffffffffff order=0\n").error,
              HasSubstr("a frame past"));
  EXPECT_THAT(ftrace(files, "a-1 [000] .... 1.000000: mm_page_alloc: page=0x1 pfn=0x10 order=0\n").error,
              HasSubstr("without a mobility"));
  EXPECT_THAT(ftrace(files, "a-1 [000] 1.000000: sched_switch: prev_comm=a\n").error, HasSubstr("no page event in it"));
}

TEST(ImportCsv, OperationsBecomeAllocationsOfPages) {
  const Files files;
  const Imported made = csv(files,
                            "time,op,id,size,align,flags,cpu\n"
                            "10,alloc,camera,64 KiB,64 KiB,,1\n"
                            "12.5,alloc,cache,5000,,scattered movable,\n"
                            "13,free,camera,,,,1\n",
                            {.time_unit = SimDuration(1'000'000)});
  EXPECT_EQ(made.error, "");
  TraceEvent camera = allocated(0, 0, 16, 1, Mobility::unmovable);
  camera.alignment_log2 = 4;
  TraceEvent cache = allocated(2'500'000, 16, 2, 0, Mobility::movable);
  cache.flags |= TraceEvent::scattered;
  EXPECT_THAT(made.events, ElementsAre(camera, cache, released(3'000'000, 0, 16, 1)));
}

TEST(ImportCsv, ColumnsMayBeNamedAndPassedOver) {
  const Files files;
  const Imported made = csv(files, "+,x,a,4096\n-,x,a,\n", {.columns = {"op", "-", "id", "size"}});
  EXPECT_THAT(made.events, ElementsAre(allocated(0, 0, 1, 0, Mobility::unmovable), released(1000, 0, 1, 0)));
}

TEST(ImportCsv, WhatCannotHaveHappenedIsTold) {
  const Files files;
  const Imported made = csv(files, "op,id,size\nalloc,a,1\nalloc,a,4097\nfree,b,\nfree,a,\nfree,a,\n");
  EXPECT_THAT(made.warnings, ElementsAre(HasSubstr("1 pages taken that were held"), HasSubstr("2 pages given back")));
  EXPECT_EQ(made.events.size(), 4U) << "the first a comes back before the second";
}

TEST(ImportCsv, WrongLinesAreNamed) {
  const Files files;
  EXPECT_THAT(csv(files, "op,id,size\nalloc,a\n").error, HasSubstr(":2: error: 2 values, expected 3"));
  EXPECT_THAT(csv(files, "op,id,size\nmmap,a,1\n").error, HasSubstr("no operation: 'mmap'"));
  EXPECT_THAT(csv(files, "op,id,size\nalloc,a,0\n").error, HasSubstr("a size of nothing"));
  EXPECT_THAT(csv(files, "op,id,size\nalloc,a,18446744073709551616\n").error, HasSubstr("a size"));
  EXPECT_THAT(csv(files, "op,id,size,time\nalloc,a,1,-5\n").error, HasSubstr("a time"));
  EXPECT_THAT(csv(files, "op,id,size,align\nalloc,a,1,12 KiB\n").error, HasSubstr("a power of two"));
  EXPECT_THAT(csv(files, "op,id\n").error, HasSubstr("no column 'size'"));
  EXPECT_THAT(csv(files, "op,id,size,when\n").error, HasSubstr("no column of the name 'when'"));
}

}  // namespace
}  // namespace memsim
