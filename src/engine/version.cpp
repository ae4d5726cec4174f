#include <memsim/engine/version.hpp>

namespace memsim {

std::string_view version() { return MEMSIM_VERSION; }

}  // namespace memsim
