// DeviceBook: how many descriptors the devices of a run need for the objects that they work on, learned from the
// records as they come.
//
// A follower (engine/view.hpp) that has to hear a run from its start. Only the layouts of objects that some device
// works on are kept. O(segments of the object) for each change of one.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <memsim/base/device_limits.hpp>
#include <memsim/engine/view.hpp>
#include <memsim/view/follow/name_book.hpp>
#include <memsim/view/follow/object_layout.hpp>

namespace memsim {

class DeviceBook {
 public:
  struct Device {
    std::string name;
    std::string object;  // whose buffers it gathers: all that bear this name
    DeviceLimits limits;
    // The most that one of those objects needs that live and hold memory; nothing where none does.
    std::optional<DescriptorNeed> need;
  };

  auto followers() { return std::tie(names_); }
  void on(const RunStarted& record);
  void on(const DeviceAdded& record);
  void on(const ObjectCreated& record);
  void on(const ObjectDestroyed& record);
  void on(const ObjectPopulated& record);
  void on(const FramesAllocated& record) {
    change(record.object, [&](auto& layout) { layout.allocate(record); });
  }
  void on(const FramesReleased& record) {
    change(record.object, [&](auto& layout) { layout.release(record); });
  }
  void on(const FramesMoved& record);
  void on(const ObjectOverlaid& record) {
    change(record.object, [&](auto& layout) { layout.overlay(record); });
  }

  // In the order of the scenario.
  [[nodiscard]] const std::vector<Device>& devices() const { return devices_; }

 private:
  struct Buffer {
    explicit Buffer(PageSize page_size) : layout(page_size) {}
    ObjectLayout layout;
    Bytes size;
    bool joined = true;
    std::vector<std::optional<DescriptorNeed>> needs;  // by device; nothing: not its buffer, or without memory
  };

  template <class Change>
  void change(ObjectId object, Change make) {
    const auto found = buffers_.find(object);
    if (found != buffers_.end()) make(found->second.layout);
  }
  void reckon(ObjectId object, Buffer& buffer);
  void take_largest();

  NameBook names_;
  PageSize page_size_;
  bool merges_ = true;
  std::vector<Device> devices_;
  std::map<ObjectId, Buffer> buffers_;
};

}  // namespace memsim
