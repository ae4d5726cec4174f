# Targets of the house: one library a floor, one test program a floor. Each folder lists its own files.

# Settings that every target of ours shares. Floating-point contraction is off everywhere: no float decides anything,
# and no report may depend on the compiler's taste either.
add_library(memsim_settings INTERFACE)
target_compile_features(memsim_settings INTERFACE cxx_std_20)
target_compile_options(memsim_settings INTERFACE -ffp-contract=off -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                                 -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual)
# g++ 12 warns of overlapping and out-of-bounds copies inside std::string where there are none (GCC bugs 105651, 105329).
# clang and the sanitizers look for the real ones.
target_compile_options(memsim_settings INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread>)
# Outcomes and records are some hundred bytes. g++ 12 clears and copies what is so long by an instruction that takes longer
# to begin than a loop takes to end.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  target_compile_options(memsim_settings INTERFACE -mmemset-strategy=unrolled_loop:512:noalign,libcall:-1:noalign
                                                   -mmemcpy-strategy=unrolled_loop:512:noalign,libcall:-1:noalign)
endif()
if(MEMSIM_WERROR)
  target_compile_options(memsim_settings INTERFACE -Werror)
endif()
if(MEMSIM_SANITIZE)
  target_compile_options(memsim_settings INTERFACE -fsanitize=${MEMSIM_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(memsim_settings INTERFACE -fsanitize=${MEMSIM_SANITIZE})
endif()
if(MEMSIM_BUILD_FUZZERS)
  target_compile_options(memsim_settings INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(memsim_settings INTERFACE -fsanitize=fuzzer-no-link)
endif()

# What nearly every file includes, parsed once for all floors. It is no substitute for includes: script/lint and the
# installed headers' test compile without it.
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/pch.cpp CONTENT "")
set(memsim_common_headers
  <algorithm> <array> <charconv> <cstdint> <functional> <limits> <map> <memory> <optional> <set> <span> <string>
  <string_view> <utility> <variant> <vector> <fmt/format.h>)
function(memsim_common_headers_of name)
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/pch.cpp)
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(${name} PRIVATE memsim_settings fmt::fmt)
  target_compile_options(${name} PRIVATE ${ARGN})
  target_precompile_headers(${name} PRIVATE ${memsim_common_headers})
endfunction()
memsim_common_headers_of(memsim_pch)

# How the floors that each step of a simulation goes through are optimised, where that differs from the rest: most of
# what there is to compile is commands, readers and renderings, which nobody waits for. g++ 12 crashes where headers
# were parsed for another level than the file, so these have their own.
set(MEMSIM_HOT_OPTIONS "" CACHE STRING "Further options of the floors that are HOT")
set(memsim_hot_pch memsim_pch)
if(MEMSIM_HOT_OPTIONS)
  set(memsim_hot_pch memsim_hot_pch)
  memsim_common_headers_of(memsim_hot_pch ${MEMSIM_HOT_OPTIONS})
endif()

# Most of the time of a compiler goes into the same headers and templates, file by file. With MEMSIM_JOIN the files of a
# room, and of the rooms named here together, are one translation unit: a build from nothing takes a third of the time, a
# build after a change longer. Two of them at least are as long as the longest, for two processors.
option(MEMSIM_JOIN "Compile the files of a room together" OFF)
set(memsim_rooms_together
  "src/base src/base/numbers src/base/random"
  "src/phys src/phys/buddy src/phys/requests src/phys/structures"
  "src/phys/fits src/phys/split"
  "src/kernel src/kernel/background src/kernel/call_table src/kernel/messages src/kernel/notices src/kernel/program \
src/kernel/schedule src/kernel/sync src/kernel/system"
  "src/kernel/memmgr src/kernel/objects"
  "src/replay src/replay/input src/replay/state"
  "src/programs src/programs/calls src/programs/child src/programs/memory"
  "src/scenario src/scenario/yaml"
  "src/scenario/expect src/scenario/recorded"
  "src/view/files src/view/page src/view/picture src/view/report"
  "src/view/database src/view/follow src/view/measure src/view/records src/view/text"
  "src/campaign/baseline src/campaign/expect"
  "src/campaign/measures src/campaign/run src/campaign/statistics"
  "src/campaign/check src/campaign/compare src/campaign/seeds"
  "src/campaign/store src/campaign/sweep"
  "src/campaign/attack src/campaign/branch src/campaign/shrink"
  "sim/commands sim/pictures sim/programs sim/report"
  "sim/host sim/many sim/options sim/reference sim/watch")
foreach(together IN LISTS memsim_rooms_together)
  separate_arguments(rooms UNIX_COMMAND "${together}")
  list(GET rooms 0 first)
  foreach(room IN LISTS rooms)
    set("memsim_unit_of_${room}" "${first}")
  endforeach()
endforeach()
function(memsim_join_rooms target)
  if(NOT MEMSIM_JOIN)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    cmake_path(ABSOLUTE_PATH source NORMALIZE OUTPUT_VARIABLE absolute)
    cmake_path(RELATIVE_PATH absolute BASE_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE relative)
    cmake_path(GET relative PARENT_PATH room)
    if(DEFINED "memsim_unit_of_${room}")
      set(room "${memsim_unit_of_${room}}")
    endif()
    string(MAKE_C_IDENTIFIER ${room} group)
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  # A class of a file's own may well have members of an unnamed namespace: nobody else sees it.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endfunction()

# memsim_floor(NAME [HOT] SOURCES file... [USES floor...] [LIBRARIES target...] [PRIVATE_LIBRARIES target...])
# The library of src/NAME. It links to the floors that it USES and to nothing else of ours.
function(memsim_floor name)
  cmake_parse_arguments(arg "HOT" "" "SOURCES;USES;LIBRARIES;PRIVATE_LIBRARIES" ${ARGN})
  add_library(memsim_${name} STATIC ${arg_SOURCES})
  add_library(memsim::${name} ALIAS memsim_${name})
  set_target_properties(memsim_${name} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  target_include_directories(memsim_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                                   $<INSTALL_INTERFACE:include>
                                            PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_compile_features(memsim_${name} PUBLIC cxx_std_20)
  target_link_libraries(memsim_${name} PRIVATE $<BUILD_INTERFACE:memsim_settings>)
  set(pch memsim_pch)
  if(arg_HOT)
    set(pch ${memsim_hot_pch})
    target_compile_options(memsim_${name} PRIVATE ${MEMSIM_HOT_OPTIONS})
  endif()
  foreach(floor IN LISTS arg_USES)
    target_link_libraries(memsim_${name} PUBLIC memsim_${floor})
  endforeach()
  target_link_libraries(memsim_${name} PUBLIC ${arg_LIBRARIES} PRIVATE fmt::fmt ${arg_PRIVATE_LIBRARIES})
  target_precompile_headers(memsim_${name} REUSE_FROM ${pch})
  memsim_join_rooms(memsim_${name})
endfunction()

# memsim_test(NAME [APART] SOURCES file... [USES floor...] [LIBRARIES target...])
# A GoogleTest program NAME_test whose cases are ctest cases. APART: its files speak of different things by one name, and
# are not compiled together.
function(memsim_test name)
  cmake_parse_arguments(arg "APART" "" "SOURCES;USES;LIBRARIES" ${ARGN})
  add_executable(${name}_test ${arg_SOURCES})
  target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${name}_test PRIVATE MEMSIM_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  foreach(floor IN LISTS arg_USES)
    target_link_libraries(${name}_test PRIVATE memsim_${floor})
  endforeach()
  target_link_libraries(${name}_test PRIVATE memsim_settings ${arg_LIBRARIES} fmt::fmt GTest::gmock GTest::gtest_main)
  # Parsing the test library is most of the time that a test file takes to compile.
  if(NOT TARGET memsim_test_pch)
    add_library(memsim_test_pch OBJECT ${CMAKE_BINARY_DIR}/pch.cpp)
    target_link_libraries(memsim_test_pch PRIVATE memsim_settings fmt::fmt GTest::gmock)
    target_precompile_headers(memsim_test_pch PRIVATE ${memsim_common_headers} <gmock/gmock.h> <gtest/gtest.h>)
  endif()
  target_precompile_headers(${name}_test REUSE_FROM memsim_test_pch)
  if(MEMSIM_JOIN AND NOT arg_APART)
    set_target_properties(${name}_test PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
    target_compile_options(${name}_test PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  endif()
  gtest_discover_tests(${name}_test TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60 PROPERTIES LABELS ${name})
endfunction()
