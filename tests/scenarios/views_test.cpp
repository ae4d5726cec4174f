// Views are values: a copy taken in the middle of a run, with the world, goes on as if nothing had happened.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <memsim/analysis/wait_graph.hpp>
#include <memsim/campaign/layers.hpp>
#include <memsim/engine/view.hpp>
#include <memsim/kernel/world.hpp>
#include <memsim/scenario/scenario.hpp>
#include <memsim/view/explanation.hpp>
#include <memsim/view/measure/series_table.hpp>
#include <memsim/view/memory_map.hpp>
#include <memsim/view/render.hpp>
#include <memsim/view/run_measures.hpp>
#include <memsim/view/summary.hpp>
#include "support/scenario_run.hpp"
#include "view/measure/calls_table.hpp"

namespace memsim {
namespace {

// One of each view.
struct AllViews {
  SummaryView summary;
  RunMeasures measures;
  ExplainView explanation;
  MemoryMapView map;
  SeriesTable series;
  CallsTable calls;
  LayerView layers{LayerView::Windows{}};

  void subscribe_to(RecordStream& records) {
    for (RecordSink* view :
         std::initializer_list<RecordSink*>{&summary, &measures, &explanation, &map, &series, &calls, &layers}) {
      records.subscribe(*view);
    }
  }
};

// All that the views say, each under its name.
std::vector<std::pair<std::string, std::string>> told(AllViews& views, const RecordStream& records) {
  Summary summary = views.summary.summary(records);
  summary.contiguous_failures = views.explanation.failures();
  views.series.finish();
  std::string series;
  append_csv_rows(series, views.series.table());
  std::string calls;
  append_csv_rows(calls, views.calls.table());
  std::string measures;
  for (const Measure& m : views.measures.measures(summary)) measures += m.name + ' ' + std::to_string(m.value) + '\n';
  std::string layers;
  for (const Layer layer : kLayers) layers += fingerprint_text(views.layers.digest(layer).fingerprint) + '\n';
  return {{"summary", render_json(summary)},
          {"text", render_text(summary)},
          {"measures", measures},
          {"map", render_json(views.map.map())},
          {"series", series},
          {"calls", calls},
          {"layers", layers}};
}

std::vector<std::string> shipped() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(MEMSIM_SOURCE_DIR "/scenarios")) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class ViewsOfShippedScenario : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    LoadOptions options;
    if (GetParam() == "camera_day") options.until = "10min";
    auto scenario = load_scenario(MEMSIM_SOURCE_DIR "/scenarios/" + GetParam() + ".yaml", options);
    ASSERT_TRUE(scenario.has_value());
    scenario_ = std::move(*scenario);
  }
  Scenario scenario_;
};

TEST_P(ViewsOfShippedScenario, AViewCopiedInTheMiddleTellsWhatOneTellsThatSawItAll) {
  World whole = test::make_world(scenario_.world);
  AllViews watching;
  watching.subscribe_to(whole.records());
  whole.run();
  const auto expected = told(watching, whole.records());

  World first = test::make_world(scenario_.world);
  AllViews views;
  views.subscribe_to(first.records());
  first.run_until(SimTime(whole.now().value() / 2));
  World second = first;
  AllViews copies = views;
  copies.subscribe_to(second.records());
  // The copy goes first, so that it could not live on what the other has.
  second.run();
  EXPECT_EQ(told(copies, second.records()), expected);
  first.run();
  EXPECT_EQ(told(views, first.records()), expected);
}

TEST_P(ViewsOfShippedScenario, TheViewsChangeNothing) {
  World watched = test::make_world(scenario_.world);
  AllViews views;
  views.subscribe_to(watched.records());
  watched.run();
  World alone = test::make_world(scenario_.world);
  alone.run();
  EXPECT_EQ(watched.records().fingerprint(), alone.records().fingerprint());
  EXPECT_EQ(watched.records().count(), alone.records().count());
}

INSTANTIATE_TEST_SUITE_P(Views, ViewsOfShippedScenario, testing::ValuesIn(shipped()),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace memsim
