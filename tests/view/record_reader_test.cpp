#include <memsim/view/record_reader.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <vector>

#include <memsim/view/output_files.hpp>
#include <memsim/view/run_measures.hpp>

#include "view/run_of_records.hpp"

namespace memsim {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr std::array kExtents = {Extent{FrameNumber(256), FrameCount(2)}, Extent{FrameNumber(300), FrameCount(2)}};
constexpr std::array kRegions = {RegionId(0), RegionId(3)};
constexpr std::array kThreads = {ThreadRef{ProcessId(2), ThreadId(1)}, ThreadRef{ProcessId(3), ThreadId(2)}};

constexpr std::array<std::uint64_t, 3> kLengths = {1, 0, UINT64_MAX};

// The kinds of record that publish_run() does not have.
void publish_the_rest(RecordStream& stream) {
  stream.publish(DeviceAdded{"axi", "/dma", Bytes(0x7fffff), Bytes(4096), Bytes(65536), PhysAddr(1), PhysAddr(9), 64});
  stream.publish(CmaArea{RegionId(0)});
  stream.publish(MessageContents{7, true, Bytes(20), UINT64_MAX});
  stream.publish(InterruptRaised{"nic", 7, InterruptFate::lost});
  stream.publish(CpuListsDecayed{CpuId(3), WorkCount(2), WorkCount(1)});
  stream.publish(ProgramOutput{ProcessId(2), OutputStream::error, "no memory"});
  stream.publish(ThreadStateChanged{ProcessId(2), ThreadId(1), ThreadState::nanosleep, 10, CpuId(0)});
  stream.publish(MessageSent{7, ProcessId(2), ThreadId(1), ConnectionId(-1), ProcessId(1), ChannelId(1), Call::mmap, 0,
                             Bytes(64), 10, ThreadState::reply});
  stream.publish(MessageReceived{7, ProcessId(1), ThreadId(1), ReceiveId(5), 10});
  stream.publish(CallCompleted{ProcessId(2), ThreadId(1), Call::connect_attach, 10, SimTime(20), -1, Errno::esrch});
  stream.publish(PulseSent{ProcessId(2), ProcessId(1), ChannelId(1), -3, -4, 10});
  stream.publish(PulseReceived{ProcessId(1), ThreadId(1), ChannelId(1), -3, INT64_MIN});
  stream.publish(ObjectPopulated{ObjectId(1), ObjectKind::contiguous, Bytes(UINT64_MAX), FrameCount(3), 2});
  stream.publish(FramesAllocated{.object = ObjectId(1),
                                 .pid = ProcessId(2),
                                 .cpu = CpuId(3),
                                 .contiguous = true,
                                 .mobility = Mobility::reclaimable,
                                 .offset = Bytes(4096),
                                 .tail = FrameCount(1),
                                 .extents = kExtents,
                                 .requests = 2,
                                 .alignment = FrameCount(4),
                                 .boundary = FrameCount(8),
                                 .window_first = FrameNumber(16),
                                 .window_end = FrameNumber(1024),
                                 .regions = kRegions,
                                 .splits = WorkCount(1),
                                 .merges = WorkCount(2),
                                 .steps = WorkCount(3)});
  stream.publish(FramesPinned{ObjectId(1), true, kExtents});
  stream.publish(FramesClaimed{ProcessId(2), CpuId(1), Mobility::movable, kExtents});
  stream.publish(FramesMoved{ObjectId(1), ProcessId(2), CpuId(1), kExtents, kExtents});
  stream.publish(FramesVacated{CpuId(1), kExtents});
  stream.publish(FramesReleased{ObjectId(1), CpuId(1), WorkCount(4), WorkCount(5), WorkCount(6), kExtents});
  static constexpr std::array kOverlaid = {Segment{Bytes(0), PhysAddr(0xfe00'0000), Bytes(4096)}};
  stream.publish(ObjectOverlaid{ObjectId(1), ProcessId(2), kOverlaid});
  stream.publish(FramesReserved{"kernel \"image\" \\ \n\u00e4\u20ac\U0001f600", kExtents[0]});
  stream.publish(FramesAdded{ProcessId(2), kExtents[0]});
  AllocationFailed failed;
  failed.regions = kRegions;
  stream.publish(failed);
  stream.publish(PolicyChanged{"linux", view_test::kOptions});
  Served served;
  served.message = 7;
  served.reply_bytes = Bytes(24);
  served.cost = SimDuration(900);
  served.segments_walked = WorkCount(UINT64_MAX);
  stream.publish(served);
  MessageReplied unserved = view_test::message(Call::msg_send, 10, Errno::esrvrfault);
  unserved.received = never();
  stream.publish(unserved);
  stream.publish(ObjectDestroyed{ObjectId(1)});
  stream.publish(DeadlockFound{kThreads});
  stream.publish(ProgramFault{ProcessId(2), ThreadId(1), 12, "division by zero"});
  stream.publish(SegmentLengthSample{SamplePoint::change, kLengths});
  stream.publish(ProcessExited{ProcessId(2), ExitCause::fault});
}

// Notes which kinds came.
class Kinds final : public RecordSink {
 public:
  [[nodiscard]] std::span<const RecordKind> wanted() const override { return all_record_kinds(); }
  void on_record(const RecordView& record) override { seen.insert(record.kind()); }
  std::set<RecordKind> seen;
};

class RecordReader : public testing::Test {
 protected:
  RecordReader() {
    std::string pattern = (fs::temp_directory_path() / "memsim_reader_XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    HostResult<OutputFiles> files = OutputFiles::create({root_.string(), false, true});
    SummaryView view;
    written_.subscribe(view);
    written_.subscribe(*files);
    written_.subscribe(kinds_);
    view_test::publish_head(written_);
    view_test::at(written_, 900);
    publish_the_rest(written_);
    view_test::publish_body(written_);
    EXPECT_TRUE(files->commit(view.summary(written_)));
    text_ = read();
  }
  ~RecordReader() override { fs::remove_all(root_); }

  [[nodiscard]] std::string path() const { return (root_ / "records.jsonl").string(); }
  [[nodiscard]] std::string read() const {
    std::ifstream file(path(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  // What replaying `text` says: empty where it was read to its end.
  [[nodiscard]] std::string fault_of(const std::string& text) const {
    std::ofstream(path(), std::ios::binary) << text;
    RecordStream stream;
    const HostResult<void> replayed = replay_records(path(), stream);
    return replayed ? "" : render(replayed.error(), Colour::off);
  }
  // The same where `from` reads `to`.
  [[nodiscard]] std::string fault_with(const std::string& from, const std::string& to) const {
    std::string text = text_;
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return fault_of(text.replace(at, from.size(), to));
  }

  fs::path root_;
  RecordStream written_;
  Kinds kinds_;
  std::string text_;
};

TEST_F(RecordReader, GivesBackEveryKindOfRecordToTheLastBit) {
  EXPECT_EQ(kinds_.seen.size(), kRecordKindCount);  // or this test would not see all
  RecordStream stream;
  const HostResult<void> replayed = replay_records(path(), stream);
  ASSERT_TRUE(replayed) << render(replayed.error(), Colour::off);
  EXPECT_EQ(stream.count(), written_.count());
  EXPECT_EQ(stream.fingerprint(), written_.fingerprint());
}

// Which enters no fingerprint.
TEST_F(RecordReader, GivesBackHowTheRunCameAbout) {
  struct Heads final : RecordSink {
    [[nodiscard]] std::span<const RecordKind> wanted() const override { return all_record_kinds(); }
    void on_record(const RecordView& record) override {
      if (record.kind() != RecordKind::run_started) return;
      const auto& head = record.as<RunStarted>();
      EXPECT_TRUE(std::ranges::equal(head.policy_options, view_test::kOptions));
      EXPECT_TRUE(std::ranges::equal(head.settings, view_test::kSettings));
      EXPECT_TRUE(std::ranges::equal(head.overridden, view_test::kOverridden));
      EXPECT_EQ(head.version.text, "0.1.0");
      ++count;
    }
    int count = 0;
  } heads;
  RecordStream stream;
  stream.subscribe(heads);
  ASSERT_TRUE(replay_records(path(), stream));
  EXPECT_EQ(heads.count, 1);
}

TEST_F(RecordReader, RefusesFramesOfNobody) {
  EXPECT_THAT(fault_with("\"kind\":\"frames_allocated\",\"object\":1", "\"kind\":\"frames_allocated\",\"object\":0"),
              HasSubstr("frames are an object's"));
}

TEST_F(RecordReader, SaysWhereAFieldIsNotAsThisVersionWritesIt) {
  EXPECT_THAT(fault_with("\"cpus\":1", "\"processors\":1"), HasSubstr("records.jsonl:1:"));
  EXPECT_THAT(fault_with("\"cpus\":1", "\"processors\":1"), HasSubstr("expected the member \"cpus\""));
  EXPECT_THAT(fault_with(",\"steps\":3}", "}"), HasSubstr("expected the member \"steps\""));
  EXPECT_THAT(fault_with("\"offset_bytes\":", "\"more\":1,\"offset_bytes\":"),
              HasSubstr("expected the member \"offset_bytes\""));
  EXPECT_THAT(fault_with("\"cpus\":1", "\"cpus\":4294967296"), HasSubstr("a number that fits"));
  EXPECT_THAT(fault_with("\"cpus\":1", "\"cpus\":-1"), HasSubstr("a number that fits"));
  EXPECT_THAT(fault_with("\"kind\":\"frames_moved\"", "\"kind\":\"frames_shaken\""),
              HasSubstr("this memsim has no record 'frames_shaken'"));
  EXPECT_THAT(fault_with("\"state\":\"NANOSLEEP\"", "\"state\":\"DREAMING\""), HasSubstr("does not know that word"));
  EXPECT_THAT(fault_with("\"errno_name\":\"ESRVRFAULT\"", "\"errno_name\":\"ENOMEM\""), HasSubstr("no errno"));
  EXPECT_THAT(fault_with("}\n", "} \n"), HasSubstr("nothing behind the record"));
}

TEST_F(RecordReader, RefusesWhatNoRunCanHaveDone) {
  EXPECT_THAT(fault_with("\"sequence\":3", "\"sequence\":4"), HasSubstr("numbered from 0"));
  EXPECT_THAT(fault_with("\"time_ns\":900", "\"time_ns\":99999999999999"), HasSubstr("the time is before"));
  EXPECT_THAT(fault_with("\"page_size_bytes\":4096", "\"page_size_bytes\":0"), HasSubstr("such pages"));
  EXPECT_THAT(fault_with("\"pid\":2,\"parent\":1", "\"pid\":4000000000,\"parent\":1"), HasSubstr("numbered from 1"));
  EXPECT_THAT(fault_with("\"region\":0,\"name\"", "\"region\":60000,\"name\""), HasSubstr("numbered from 0"));
  EXPECT_THAT(fault_with("\"frames\":8,\"general\"", "\"frames\":5000000000,\"general\""), HasSubstr("too large"));
  EXPECT_THAT(fault_with("\"free_frames\":8", "\"free_frames\":9"), HasSubstr("contradict"));
  EXPECT_THAT(fault_with("\"extents\":[{\"first\":256", "\"extents\":[{\"first\":18446744073709551615"),
              HasSubstr("no machine has such frames"));
  EXPECT_THAT(fault_with("\"kind\":\"frames_allocated\",\"object\":1", "\"kind\":\"frames_released\",\"object\":1"),
              HasSubstr("expected the member \"cpu\""));
  EXPECT_THAT(fault_with("\"tail_frames\":1", "\"tail_frames\":9"), HasSubstr("a page lies before a tail"));
  EXPECT_THAT(fault_with("\"sent_ns\":10", "\"sent_ns\":1000000"), HasSubstr("began after its end"));
  std::string long_segments = "\"segments_by_log2\":[";
  for (int length = 0; length < 53; ++length) long_segments += "0,";
  EXPECT_THAT(fault_with("\"segments_by_log2\":[", long_segments), HasSubstr("such long segments"));
}

TEST_F(RecordReader, MissesTheEndOfARunThatWasCutShort) {
  const std::size_t last_line = text_.rfind('\n', text_.size() - 2) + 1;
  EXPECT_THAT(fault_of(""), HasSubstr("expected run_ended"));
  EXPECT_THAT(fault_of(text_.substr(0, last_line)), HasSubstr("expected run_ended"));
  EXPECT_THAT(fault_of(text_.substr(0, text_.size() - 1)), HasSubstr("this line has no end"));
  EXPECT_THAT(fault_of(text_ + text_.substr(last_line)), HasSubstr("numbered from 0"));
}

TEST_F(RecordReader, SurvivesEveryCutAndEveryChangedByte) {
  for (std::size_t i = 0; i < text_.size(); i += 53) {
    EXPECT_NE(fault_of(text_.substr(0, i)), "");
    std::string changed = text_;
    for (const char c : {'9', '"', '\\', '\0', '\n', '{'}) {
      changed[i] = c;
      static_cast<void>(fault_of(changed));  // whatever it says: it comes back
    }
  }
}

TEST_F(RecordReader, WaitsForNoPipeAndReadsNoFolder) {
  fs::remove(path());
  EXPECT_THAT(fault_of(text_), "");
  fs::remove(path());
  RecordStream stream;
  EXPECT_FALSE(replay_records(path(), stream));
  ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
  const HostResult<void> pipe = replay_records(path(), stream);
  ASSERT_FALSE(pipe);
  EXPECT_EQ(exit_code(pipe.error()), ExitCode::host_failed);
  EXPECT_THAT(render(pipe.error(), Colour::off), HasSubstr("no regular file"));
  EXPECT_FALSE(replay_records(root_.string(), stream));
}

}  // namespace
}  // namespace memsim
