#include "programs/memory/contents.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <span>

namespace memsim::programs {
namespace {

off_t offset_of(PhysAddr address) { return static_cast<off_t>(address.value()); }

Descriptor make_file(const PhysicalMemoryConfig& memory) {
  PhysAddr end;
  for (const RegionConfig& region : memory.regions) end = std::max(end, region.base + region.size);
  Descriptor file = moved_up(::memfd_create("memsim-memory", MFD_CLOEXEC));
  if (file.is_open() && ::ftruncate(file.number(), offset_of(end)) != 0) static_cast<void>(file.close());
  return file;
}

}  // namespace

Contents::Contents(const PhysicalMemoryConfig& memory)
    : page_size_(memory.page_size), regions_(memory.regions), file_(make_file(memory)) {}

bool Contents::holds(PhysAddr start, Bytes length) const {
  while (true) {
    const auto home = std::find_if(regions_.begin(), regions_.end(), [start](const RegionConfig& region) {
      return region.base <= start && start - region.base < region.size;
    });
    if (home == regions_.end()) return false;
    const Bytes there = home->size - (start - home->base);
    if (length <= there) return true;
    start += there;  // the next may go on where this one ends
    length -= there;
  }
}

void Contents::copy_page(PhysAddr from, PhysAddr to) { copy_bytes(from, to, page_size_.bytes(), Zeros::are_there); }

void Contents::copy(PhysAddr from, PhysAddr to, Bytes length) { copy_bytes(from, to, length, Zeros::are_written); }

void Contents::copy_bytes(PhysAddr from, PhysAddr to, Bytes length, Zeros zeros) {
  std::array<char, 4096> buffer{};
  for (Bytes done; done < length; done += Bytes(buffer.size())) {
    const std::size_t count = std::min<std::size_t>(buffer.size(), (length - done).count());
    const ssize_t held = ::pread(file_.number(), buffer.data(), count, offset_of(from + done));
    const std::span<const char> read(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(held, 0)));
    const bool is_zero = std::all_of(read.begin(), read.end(), [](char byte) { return byte == 0; });
    if (is_zero && zeros == Zeros::are_there) continue;
    if (::pwrite(file_.number(), read.data(), read.size(), offset_of(to + done)) < 0) return;
  }
}

void Contents::clear(Extent extent) {
  static_cast<void>(::fallocate(file_.number(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                offset_of(page_size_.address_of(extent.first)),
                                static_cast<off_t>(page_size_.bytes_of(extent.count).count())));
}

void Contents::on(const FramesReleased& record) {
  for (const Extent& extent : record.extents) clear(extent);
}

void Contents::on(const FramesAdded& record) { clear(record.extent); }

// The two lists hold as many frames, each in pieces of its own.
void Contents::on(const FramesMoved& record) {
  FrameCount done;  // of the piece of `to`
  auto to = record.to.begin();
  for (const Extent& piece : record.from) {
    for (FrameCount i; i < piece.count; i += FrameCount(1)) {
      if (done == to->count) ++to, done = FrameCount();
      copy_page(page_size_.address_of(piece.first + i), page_size_.address_of(to->first + done));
      done += FrameCount(1);
    }
    clear(piece);
  }
}

}  // namespace memsim::programs
