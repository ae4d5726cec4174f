# The page of reports is made by node from web/, where script/page has installed what it needs. Without it memsim is built
# all the same, and says how to get the page.
set(web ${CMAKE_CURRENT_LIST_DIR}/web)
find_program(NODE_EXECUTABLE node)
set(page "")
if(NODE_EXECUTABLE AND EXISTS ${web}/node_modules/esbuild)
  set(page ${CMAKE_BINARY_DIR}/page.html)
  file(GLOB page_sources CONFIGURE_DEPENDS ${web}/src/*)
  add_custom_command(OUTPUT ${page} COMMAND ${NODE_EXECUTABLE} ${web}/build.mjs ${page}
                     DEPENDS ${page_sources} ${web}/build.mjs ${web}/package-lock.json VERBATIM)
else()
  message(STATUS "Building without the page of reports: script/page installs what it is made with")
endif()
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/page_template.cpp
                   COMMAND ${CMAKE_COMMAND} -DPAGE=${page} -DOUTPUT=${CMAKE_BINARY_DIR}/page_template.cpp
                           -P ${CMAKE_CURRENT_LIST_DIR}/embed.cmake
                   DEPENDS ${page} ${CMAKE_CURRENT_LIST_DIR}/embed.cmake VERBATIM)
target_sources(memsim_view PRIVATE ${CMAKE_CURRENT_LIST_DIR}/map_changes.cpp ${CMAKE_CURRENT_LIST_DIR}/page_html.cpp ${CMAKE_CURRENT_LIST_DIR}/page_run.cpp
                                   ${CMAKE_CURRENT_LIST_DIR}/page_view.cpp
                                   ${CMAKE_CURRENT_LIST_DIR}/stories.cpp ${CMAKE_CURRENT_LIST_DIR}/verdicts.cpp ${CMAKE_BINARY_DIR}/page_template.cpp)
memsim_join_rooms(memsim_view)
