#include <memsim/view/text_table.hpp>

#include <algorithm>
#include <utility>

#include <memsim/base/check.hpp>

namespace memsim {

void TextTable::add_row(std::vector<std::string> cells) {
  MEMSIM_CHECK(cells.size() <= columns_.size());
  rows_.push_back(std::move(cells));
}

std::string TextTable::text(std::size_t indent) const {
  std::vector<std::size_t> widths(columns_.size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const auto& row : rows_) {
    out.append(indent, ' ');
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::size_t padding = widths[i] - row[i].size();
      if (i > 0) out.append(2, ' ');
      if (columns_[i] == Align::right) out.append(padding, ' ');
      out += row[i];
      if (columns_[i] == Align::left) out.append(padding, ' ');
    }
    out.erase(out.find_last_not_of(' ') + 1);
    out += '\n';
  }
  return out;
}

}  // namespace memsim
