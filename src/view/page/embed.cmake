# Writes the page, if there is one, as a C++ string: cmake -DPAGE=page.html -DOUTPUT=page_template.cpp -P embed.cmake
set(page "")
if(PAGE)
  file(READ "${PAGE}" page)
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" @ONLY CONTENT [[
#include "view/page/page_template.hpp"

namespace memsim {

const std::string_view kPageTemplate = R"--page--(@page@)--page--";

}  // namespace memsim
]])
