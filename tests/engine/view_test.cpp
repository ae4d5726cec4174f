#include <memsim/engine/view.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace memsim {
namespace {

using testing::ElementsAre;

// No sink itself, but followed by one.
struct Regions {
  void on(const RegionAdded&) { ++count; }
  int count = 0;
};

class Notes final : public View<Notes> {
 public:
  auto followers() { return std::tie(regions); }
  void on(RunPoint at, const Note& note) {
    texts.emplace_back(note.text);
    points.push_back(at);
    regions_then.push_back(regions.count);
  }
  void on(const RunEnded&) { ended = true; }

  Regions regions;
  std::vector<std::string> texts;
  std::vector<RunPoint> points;
  std::vector<int> regions_then;
  bool ended = false;
};

class Everything final : public View<Everything> {
 public:
  template <class Record>
  void on(const Record&) {
    kinds.push_back(Record::kKind);
  }
  std::vector<RecordKind> kinds;
};

TEST(View, WantsWhatItAndItsFollowersHandleAndNoMore) {
  EXPECT_THAT(Notes().wanted(), ElementsAre(RecordKind::region_added, RecordKind::note, RecordKind::run_ended));
  EXPECT_EQ(Everything().wanted().size(), kRecordKindCount);
}

TEST(View, AKindThatNoViewHandlesIsNotEvenHandedOut) {
  RecordStream stream;
  Notes notes;
  stream.subscribe(notes);
  for (const RecordKind kind : all_record_kinds()) {
    const auto wanted = notes.wanted();
    EXPECT_EQ(stream.is_wanted(kind), std::find(wanted.begin(), wanted.end(), kind) != wanted.end());
  }
}

TEST(View, FollowersHearARecordBeforeItAndHandlersAreToldWhere) {
  RecordStream stream;
  Notes notes;
  stream.subscribe(notes);
  stream.publish(RegionAdded{});
  stream.set_now(SimTime(7));
  stream.publish(ProcessStarted{});
  stream.publish(Note{ProcessId(1), ThreadId(1), "one"});
  stream.publish(RunEnded{});
  EXPECT_THAT(notes.texts, ElementsAre("one"));
  EXPECT_THAT(notes.regions_then, ElementsAre(1));
  EXPECT_EQ(notes.points.at(0).time, SimTime(7));
  EXPECT_EQ(notes.points.at(0).record, 2u);
  EXPECT_TRUE(notes.ended);
}

TEST(View, ACopyKnowsWhatWasToldAndGoesOnByItself) {
  RecordStream stream;
  Notes notes;
  stream.subscribe(notes);
  stream.publish(Note{ProcessId(1), ThreadId(1), "one"});
  RecordStream branch = stream;
  Notes copy = notes;
  branch.subscribe(copy);
  branch.publish(Note{ProcessId(1), ThreadId(1), "here"});
  stream.publish(Note{ProcessId(1), ThreadId(1), "there"});
  EXPECT_THAT(notes.texts, ElementsAre("one", "there"));
  EXPECT_THAT(copy.texts, ElementsAre("one", "here"));
}

}  // namespace
}  // namespace memsim
