#include <memsim/view/database/database_file.hpp>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>

#include <memsim/host/files.hpp>

namespace memsim {

std::optional<std::uint32_t> application_of_database(const std::string& path) {
  constexpr std::string_view kHead("SQLite format 3\0", 16);
  constexpr std::size_t kApplicationPlace = 68;             // four bytes, the highest first
  if (!host::open_regular_file(path)) return std::nullopt;  // what is no file might be waited for
  std::array<char, kApplicationPlace + 4> head{};
  std::ifstream file(path, std::ios::binary);
  if (!file.read(head.data(), head.size()) || !std::string_view(head.data(), head.size()).starts_with(kHead)) {
    return std::nullopt;
  }
  std::uint32_t application = 0;
  for (std::size_t i = kApplicationPlace; i < head.size(); ++i) {
    application = application << 8U | static_cast<unsigned char>(head[i]);
  }
  return application;
}

void make_tables(SQLite::Database& database, const DatabaseKind& kind) {
  database.exec(fmt::format("PRAGMA application_id={}; PRAGMA user_version={};", kind.application, kind.format));
  database.exec(kind.tables);
}

std::optional<int> format_of_database(SQLite::Database& database, const DatabaseKind& kind) {
  if (database.execAndGet("PRAGMA application_id").getUInt() != kind.application) return std::nullopt;
  return database.execAndGet("PRAGMA user_version").getInt();
}

bool has_tables(SQLite::Database& database, std::initializer_list<const char*> names) {
  SQLite::Statement count(database,
                          "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
                          " AND name = ?");
  return std::all_of(names.begin(), names.end(), [&](const char* name) {
    count.reset();
    count.bind(1, name);
    return count.executeStep() && count.getColumn(0).getInt() == 1;
  });
}

Unexpected<HostError> database_failure(const std::string& path, const SQLite::Exception& exception) {
  const int code = exception.getErrorCode();
  const bool is_damaged = code == SQLITE_NOTADB || code == SQLITE_CORRUPT || code == SQLITE_ERROR ||
                          code == SQLITE_MISMATCH || code == SQLITE_SCHEMA;
  return host_failure(is_damaged ? ExitCode::bad_input : ExitCode::host_failed,
                      fmt::format("{}: {}", escaped_for_terminal(path), escaped_for_terminal(exception.what())));
}

}  // namespace memsim
