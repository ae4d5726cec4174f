// The queue is a template; this instance has every member of it compiled under the library's own warnings.
#include <memsim/engine/event_queue.hpp>

namespace memsim {

static_assert(sizeof(EventHandle) == 8);
template class EventQueue<std::uint64_t>;

}  // namespace memsim
