// What the databases of this program have in common: those of runs, and those of sweeps (campaign/store).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

#include <memsim/base/expected.hpp>
#include <memsim/base/host_error.hpp>

namespace SQLite {
class Database;
class Exception;
}  // namespace SQLite

namespace memsim {

struct DatabaseKind {
  std::uint32_t application = 0;  // four letters in the file's header (application_id)
  int format = 0;                 // of the tables, counted up where they change (user_version)
  const char* tables = nullptr;   // the SQL that makes them
};

// So long one program waits for another that writes.
inline constexpr int kDatabaseBusyMilliseconds = 60'000;

// The application of an SQLite database; nothing where the file is none, or cannot be read.
[[nodiscard]] std::optional<std::uint32_t> application_of_database(const std::string& path);

// Makes the tables of an empty database, in the transaction that is under way.
void make_tables(SQLite::Database& database, const DatabaseKind& kind);
// The format of one that is of this kind, whatever format it has; nothing where it is of another.
[[nodiscard]] std::optional<int> format_of_database(SQLite::Database& database, const DatabaseKind& kind);

// Whether it has all of these as tables, and not as what only looks like one: a view may have rows without end.
[[nodiscard]] bool has_tables(SQLite::Database& database, std::initializer_list<const char*> names);

// What the library threw, as an error of ours: bad_input where the file is damaged, else host_failed.
[[nodiscard]] Unexpected<HostError> database_failure(const std::string& path, const SQLite::Exception& exception);

}  // namespace memsim
