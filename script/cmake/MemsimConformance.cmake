# memsim_add_conformance(NAME SOURCES file...)
# A test program NAME that holds the frame allocators of its sources to what every policy owes. The sources define
# memsim::conformance::subjects() (phys/conformance.hpp), and each subject is tested alone with
#   NAME --gtest_filter='*/subject'
# The suite is compiled once for each project, from the sources that memsim installs. Needs GoogleTest and RapidCheck
# (Debian: libgtest-dev, librapidcheck-dev).
set(memsim_conformance_dir "${CMAKE_CURRENT_LIST_DIR}/conformance")

function(memsim_add_conformance name)
  cmake_parse_arguments(arg "" "" "SOURCES" ${ARGN})
  find_package(GTest REQUIRED)
  find_package(rapidcheck REQUIRED)
  if(NOT TARGET memsim_conformance)
    file(GLOB sources CONFIGURE_DEPENDS ${memsim_conformance_dir}/phys/*.cpp)
    add_library(memsim_conformance OBJECT ${sources})
    target_include_directories(memsim_conformance PUBLIC ${memsim_conformance_dir})
    target_link_libraries(memsim_conformance PUBLIC memsim::phys fmt::fmt rapidcheck GTest::gtest_main)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE memsim_conformance)
  add_test(NAME ${name} COMMAND ${name})
endfunction()
