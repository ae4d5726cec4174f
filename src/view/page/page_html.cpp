#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <memsim/base/check.hpp>
#include <memsim/base/json.hpp>
#include <memsim/engine/version.hpp>
#include <memsim/view/page.hpp>

#include "view/page/page_template.hpp"

namespace memsim {
namespace {

using Json = nlohmann::ordered_json;

// The head stands before the page's script and the data behind it: so the words are there while the data is still read.
constexpr std::string_view kPlaceOfHead = "<!--memsim:head-->";
constexpr std::string_view kPlaceOfData = "<!--memsim:data-->";

// Nothing in JSON may end the script element that holds it: "<" needs an escape, and nothing else.
std::string inside_script(const std::string& json) {
  std::string out;
  out.reserve(json.size());
  for (const char c : json) c == '<' ? out += "\\u003c" : out += c;
  return out;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view three = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j)
      bits = bits << 8 | (j < three.size() ? static_cast<unsigned char>(three[j]) : 0);
    for (std::size_t j = 0; j < 4; ++j) out += j <= three.size() ? kDigits[bits >> (18 - 6 * j) & 63] : '=';
  }
  return out;
}

double share(std::uint32_t millionths) { return millionths / 1e6; }

Json curve_of(const SurvivalCurve& curve) {
  Json points = Json::array();
  Json band = Json::array();
  for (const SurvivalCurve::Point& point : curve.points) {
    points.push_back({point.time.value(), share(point.share)});
    band.push_back({point.time.value(), share(point.low), share(point.high)});
  }
  return {{"name", escaped_for_terminal(curve.name)},
          {"runs", curve.runs},
          {"failed", curve.failed},
          {"points", std::move(points)},
          {"band", std::move(band)}};
}

Json cells_of(const std::vector<std::string>& row) {
  Json cells = Json::array();
  for (const std::string& cell : row) cells.push_back(escaped_for_terminal(cell));
  return cells;
}

Json sweep_of(const SweepPage& page) {
  Json survival = Json::array();
  for (const SweepPage::Survival& picture : page.survival) {
    Json curves = Json::array();
    for (const SurvivalCurve& curve : picture.curves) curves.push_back(curve_of(curve));
    survival.push_back({{"title", escaped_for_terminal(picture.title)}, {"curves", std::move(curves)}});
  }
  Json tables = Json::array();
  for (const SweepPage::Table& table : page.tables) {
    Json rows = Json::array();
    for (const std::vector<std::string>& row : table.rows) rows.push_back(cells_of(row));
    tables.push_back({{"title", table.title},
                      {"notes", cells_of(table.notes)},
                      {"columns", cells_of(table.columns)},
                      {"rows", std::move(rows)}});
  }
  return {{"title", escaped_for_terminal(page.title)},
          {"about", cells_of(page.about)},
          {"survival", std::move(survival)},
          {"tables", std::move(tables)}};
}

// The head of the whole. The heads of the runs are JSON already and go in as they are.
std::string head_of(std::span<const PageRun> runs, const PageExtras& extras) {
  Json head = {{"format", 2}, {"version", std::string(version())}, {"about", escaped_for_terminal(extras.about)}};
  head["survival"] = Json::array();
  for (const SurvivalCurve& curve : extras.survival) head["survival"].push_back(curve_of(curve));
  head["comparison"] = nullptr;
  if (!extras.comparison.empty()) {
    Json rows = Json::array();
    for (const std::vector<std::string>& row : extras.comparison) rows.push_back(cells_of(row));
    Json columns = std::move(rows.front());
    rows.erase(rows.begin());
    head["comparison"] = {{"columns", std::move(columns)}, {"rows", std::move(rows)}};
  }
  if (extras.sweep) head["sweep"] = sweep_of(*extras.sweep);
  std::string text = json_text(head, JsonLayout::line, JsonLetters::utf8);
  text.pop_back();
  text += ",\"runs\":[";
  for (const PageRun& run : runs) text += run.head + ",";
  if (!runs.empty()) text.pop_back();
  return text + "]}";
}

}  // namespace

bool has_page() { return !kPageTemplate.empty(); }

HostResult<std::string> render_page(std::span<const PageRun> runs, const PageExtras& extras) {
  MEMSIM_CHECK(!runs.empty() || extras.sweep);
  if (!has_page()) {
    return host_failure(ExitCode::host_failed, "this memsim was built without the page of reports",
                        "in memsim's source tree, script/page adds it");
  }
  const std::size_t head = kPageTemplate.find(kPlaceOfHead);
  const std::size_t data = kPageTemplate.find(kPlaceOfData);
  MEMSIM_CHECK(head < data && data != std::string_view::npos);
  std::string out(kPageTemplate.substr(0, head));
  out += fmt::format("<script type=\"application/json\" id=\"memsim-head\">{}</script>\n",
                     inside_script(head_of(runs, extras)));
  out += kPageTemplate.substr(head + kPlaceOfHead.size(), data - head - kPlaceOfHead.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    out += fmt::format("<script type=\"application/octet-stream\" id=\"memsim-data-{}\">{}</script>\n", i,
                       base64(runs[i].data));
  }
  return out += kPageTemplate.substr(data + kPlaceOfData.size());
}

}  // namespace memsim
