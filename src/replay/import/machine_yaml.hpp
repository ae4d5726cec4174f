// MachineYaml: a `machine:` section in the making. Ranges are given as they were found; what is written is what a
// scenario accepts: whole pages, no overlap, reservations inside one region.
#pragma once

#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/base/units.hpp>

namespace memsim {

class MachineYaml {
 public:
  MachineYaml(std::string source, PageSize page_size) : source_(std::move(source)), page_size_(page_size) {}

  // [first, end) in bytes. A name of a region is a path.
  void add_region(std::string name, std::uint64_t first, std::uint64_t end, bool general);
  void add_reservation(std::string name, std::uint64_t first, std::uint64_t end);
  // A line for people; control characters become escapes.
  void add_comment(std::string_view text);

  [[nodiscard]] bool has_regions() const { return !regions_.empty(); }
  [[nodiscard]] std::string text();

 private:
  struct Range {
    std::string name;
    std::uint64_t first = 0;
    std::uint64_t end = 0;
    bool general = true;
  };

  void cut_regions();
  void cut_reservations();

  std::string source_;
  PageSize page_size_;
  std::vector<Range> regions_;
  std::vector<Range> reservations_;
  std::vector<std::string> comments_;
};

// The name by which ordinary memory goes, by where it lies.
[[nodiscard]] std::string sysram_name(std::uint64_t end);

}  // namespace memsim
