// The forms of a trace: what is written is read back, and what is damaged says where.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memsim/base/random.hpp>

#include "replay/files.hpp"

namespace memsim {
namespace {

using ::testing::HasSubstr;

std::vector<TraceEvent> random_events(std::size_t count) {
  RandomStream random(7);
  std::vector<TraceEvent> events;
  SimTime time;
  for (std::size_t i = 0; i < count; ++i) {
    time = SimTime(time.value() + (random.below(4) == 0 ? random.below(1'000'000'000) : random.below(3)));
    TraceEvent event{.time = time,
                     .first = FrameNumber(random.below(std::uint64_t{1} << 31)),
                     .count = random.below(3) == 0 ? 1 + static_cast<std::uint32_t>(random.below(1U << 20)) : 1,
                     .cpu = CpuId(static_cast<CpuId::rep>(random.below(1024))),
                     .op = static_cast<TraceOp>(random.below(5)),
                     .mobility = static_cast<Mobility>(random.below(3)),
                     .flags = static_cast<std::uint8_t>(random.below(8)),
                     .alignment_log2 = static_cast<std::uint8_t>(random.below(32))};
    // The text tells a mobility where there is one.
    const bool is_asking = event.op == TraceOp::allocate || event.op == TraceOp::take;
    if (!is_asking && (event.flags & TraceEvent::typed) == 0) event.mobility = Mobility::movable;
    events.push_back(event);
  }
  return events;
}

void write(const std::string& path, TraceForm form, const std::vector<TraceEvent>& events) {
  const TraceHeader header{.format = {},
                           .page_size = PageSize::of(Bytes(16384)),
                           .pages = {FrameNumber(256), FrameCount(4096)},
                           .origin = "a test"};
  HostResult<TraceWriter> writer = TraceWriter::create(path, header, form);
  ASSERT_TRUE(writer);
  for (const TraceEvent& event : events) ASSERT_TRUE(writer->write(event));
  ASSERT_TRUE(writer->finish());
}

TEST(Trace, WhatIsWrittenIsReadBackInBothFormsAndEveryCompression) {
  const Files files;
  const std::vector<TraceEvent> events = random_events(10'000);
  for (const TraceForm form : {TraceForm::text, TraceForm::binary}) {
    for (const char* const name : {"t", "t.xz", "t.zst", "t.gz"}) {
      write(files.path(name), form, events);
      EXPECT_EQ(events_of(files.path(name)), events) << name;
      const auto reader = open_trace(files.path(name));
      ASSERT_TRUE(reader);
      EXPECT_EQ((*reader)->header().page_size, PageSize::of(Bytes(16384)));
      EXPECT_EQ((*reader)->header().pages, (Extent{FrameNumber(256), FrameCount(4096)}));
      EXPECT_EQ((*reader)->header().origin, "a test");
    }
  }
}

TEST(Trace, AReaderAheadGivesTheSameEvents) {
  const Files files;
  const std::vector<TraceEvent> events = random_events(100'000);
  write(files.path("t"), TraceForm::binary, events);
  const std::unique_ptr<TraceReader> ahead = read_ahead(std::move(*open_trace(files.path("t"))));
  std::vector<TraceEvent> all;
  for (std::vector<TraceEvent> batch; ahead->next(batch) && !batch.empty();) {
    all.insert(all.end(), batch.begin(), batch.end());
  }
  EXPECT_EQ(all, events);
}

TEST(Trace, AReaderAheadMayBeLeftInTheMiddle) {
  const Files files;
  write(files.path("t"), TraceForm::binary, random_events(300'000));
  const std::unique_ptr<TraceReader> ahead = read_ahead(std::move(*open_trace(files.path("t"))));
  std::vector<TraceEvent> batch;
  EXPECT_TRUE(ahead->next(batch));
}

TEST(Trace, NothingIsLeftOfATraceThatWasNotFinished) {
  const Files files;
  {
    HostResult<TraceWriter> writer = TraceWriter::create(files.path("t"), {}, TraceForm::text);
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->write({}));
  }
  EXPECT_FALSE(files.has("t"));
  EXPECT_FALSE(files.has(".t.partial"));
}

// But for one that takes away no more than the count behind the end.
TEST(Trace, EveryCutIsFound) {
  const Files files;
  const std::vector<TraceEvent> events = random_events(12);
  for (const TraceForm form : {TraceForm::text, TraceForm::binary}) {
    for (const char* const name : {"t", "t.xz", "t.zst", "t.gz"}) {
      write(files.path(name), form, events);
      const std::string whole = files.read(name);
      for (std::size_t length = 0; length + 1 < whole.size(); ++length) {
        const std::string part = files.write(std::string("part") + name, whole.substr(0, length));
        if (!complaint_about(part).empty()) continue;
        EXPECT_EQ(events_of(part), events) << name << " after " << length << " bytes";
      }
    }
  }
}

TEST(Trace, AFileThatIsNotThereIsSaidToBeAbsentAndNotDamaged) {
  const Files files;
  for (const char* const name : {"none", "none.trace", "none.trace.xz"}) {
    const auto reader = open_trace(files.path(name));
    ASSERT_FALSE(reader);
    EXPECT_EQ(exit_code(reader.error()), ExitCode::host_failed);
    EXPECT_THAT(render(reader.error(), Colour::off), testing::EndsWith(": error: no such file\n"));
  }
}

// No damage may do more than end in a complaint or in other events.
TEST(Trace, FlippedBitsAreSurvived) {
  const Files files;
  RandomStream random(11);
  for (const TraceForm form : {TraceForm::text, TraceForm::binary}) {
    for (const char* const name : {"t", "t.xz", "t.zst", "t.gz"}) {
      write(files.path(name), form, random_events(60));
      const std::string whole = files.read(name);
      for (int i = 0; i < 100; ++i) {
        std::string damaged = whole;
        damaged[random.below(damaged.size())] ^= static_cast<char>(1U << random.below(8));
        static_cast<void>(complaint_about(files.write("damaged" + std::string(name), damaged)));
      }
    }
  }
}

TEST(Trace, APalTraceIsReadWithItsNotes) {
  const Files files;
  const std::string path = files.write("t",
                                       "5 A 100 2 1 0 1\n"
                                       "0 F 100 2 - - 1\n"
                                       "0 f 100 2 - i 1\n"
                                       "7 a 200 3 1 s 0\n"
                                       "0 X 200 3 0 9:1:1 0\n"
                                       "0 f 300 0 2 p 0\n");
  const std::vector<TraceEvent> events = events_of(path);
  ASSERT_EQ(events.size(), 5U);
  EXPECT_EQ(events[0], (TraceEvent{.time = SimTime(5000),
                                   .first = FrameNumber(0x100),
                                   .count = 4,
                                   .cpu = CpuId(1),
                                   .op = TraceOp::allocate,
                                   .flags = TraceEvent::typed}));
  EXPECT_EQ(events[1].flags, TraceEvent::bypass) << "the block went past the lists of its processor";
  EXPECT_EQ(events[2].flags, 0) << "an inferred free does not tell its type";
  EXPECT_EQ(events[3].mobility, Mobility::unmovable) << "the request's, not that of the list that served it";
  EXPECT_EQ(events[4].mobility, Mobility::reclaimable);
  EXPECT_EQ(events[4].time, SimTime(12000));
}

TEST(Trace, AWrongLineIsNamedWithWhatToDo) {
  struct Case {
    const char* line;
    const char* complaint;
  };
  const Files files;
  for (const Case& wrong :
       {Case{"-1 A 5 0 1 0 0", "no number of microseconds"}, Case{"1 A 5 63 1 0 0", "an order of more than 31"},
        Case{"1 A 18446744073709551616 0 1 0 0", "no frame number"},
        Case{"1 A ffffffffffffffff 0 1 0 0", "past the 2^32nd"},
        Case{"18446744073709551615 A 5 0 1 0 0", "time goes past 2^62"}, Case{"1 B 5 0 1 0 0", "no such operation"},
        Case{"1 A 5 0 - 0 0", "without a mobility"}, Case{"1 A 5 0 7 0 0", "a mobility type that is not"},
        Case{"1 A 5 0 1 0 65536", "a processor above 1023"}, Case{"1 A 5 0 1 0 0 0", "something behind"},
        Case{"", "no number of microseconds"}}) {
    const std::string path = files.write("t", std::string("0 A 1 0 1 0 0\n") + wrong.line + "\n");
    const std::string complaint = complaint_about(path);
    EXPECT_THAT(complaint, HasSubstr(path + ":2:")) << wrong.line;
    EXPECT_THAT(complaint, HasSubstr(wrong.complaint)) << wrong.line;
    EXPECT_THAT(complaint, HasSubstr("help:")) << wrong.line;
  }
}

TEST(Trace, WhatComesBeforeAFaultIsHandedOut) {
  const Files files;
  const std::string path = files.write("t", "0 A 1 0 1 0 0\n1 A 2 0 1 0 0\nx\n");
  const auto reader = open_trace(path);
  ASSERT_TRUE(reader);
  std::vector<TraceEvent> events;
  ASSERT_TRUE((*reader)->next(events));
  EXPECT_EQ(events.size(), 2U);
  EXPECT_FALSE((*reader)->next(events));
}

TEST(Trace, CapsEndAHostileFile) {
  const Files files;
  std::string many;
  for (int i = 0; i < 100; ++i) many += "0 A 1 0 1 0 0\n";
  EXPECT_THAT(complaint_about(files.write("t", many), {.events = 99}), HasSubstr("--max-events"));
  EXPECT_EQ(complaint_about(files.path("t"), {.events = 100}), "");
  EXPECT_THAT(complaint_about(files.write("t", "0 A 1 0 1 0 0\n" + std::string(70'000, ' ')), {}),
              HasSubstr("--max-line"));
}

TEST(Trace, WhatIsNoTraceSaysWhatItShouldBe) {
  const Files files;
  EXPECT_THAT(complaint_about(files.path("absent")), HasSubstr("absent"));
  EXPECT_THAT(complaint_about(files.write("t", "")), HasSubstr("an empty file"));
  EXPECT_THAT(complaint_about(files.write("t", "hello\n")), HasSubstr("memsim import ftrace"));
  EXPECT_THAT(complaint_about(files.write("t.xz", "0 A 1 0 1 0 0\n")), HasSubstr("its name says xz"));
  EXPECT_THAT(complaint_about(files.write("t", "memsim-trace 2 text\n")), HasSubstr("not version 1"));
}

}  // namespace
}  // namespace memsim
