# What `cmake --install` puts in place: the program with its man page and completions, the libraries with their headers and
# a CMake package, the scenarios with their schema.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(memsim_floors base host engine phys machine vm ipc replay kernel programs scenario view analysis campaign)
set(memsim_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/memsim)

# memsim::memsim: all floors at once.
add_library(memsim_all INTERFACE)
add_library(memsim::memsim ALIAS memsim_all)
set_target_properties(memsim_all PROPERTIES EXPORT_NAME memsim)

set(floor_targets)
foreach(floor IN LISTS memsim_floors)
  list(APPEND floor_targets memsim_${floor})
endforeach()
target_link_libraries(memsim_all INTERFACE ${floor_targets})

install(TARGETS memsim_all ${floor_targets} EXPORT memsim_targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(EXPORT memsim_targets NAMESPACE memsim:: FILE memsimTargets.cmake DESTINATION ${memsim_package_dir}
        COMPONENT development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/memsim DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/memsimConfig.cmake.in ${PROJECT_BINARY_DIR}/memsimConfig.cmake
                              INSTALL_DESTINATION ${memsim_package_dir} PATH_VARS CMAKE_INSTALL_BINDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/memsimConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/memsimConfig.cmake ${PROJECT_BINARY_DIR}/memsimConfigVersion.cmake
              ${CMAKE_CURRENT_LIST_DIR}/MemsimCheck.cmake ${CMAKE_CURRENT_LIST_DIR}/MemsimConformance.cmake
              ${CMAKE_CURRENT_LIST_DIR}/MemsimProgram.cmake
        DESTINATION ${memsim_package_dir} COMPONENT development)

# The suite that every policy passes, as sources: it needs test libraries that memsim itself does not.
set(memsim_tests ${PROJECT_SOURCE_DIR}/tests)
install(FILES ${memsim_tests}/phys/conformance.hpp ${memsim_tests}/phys/conformance_child.cpp
              ${memsim_tests}/phys/conformance_child.hpp ${memsim_tests}/phys/conformance_promise.cpp
              ${memsim_tests}/phys/conformance_random.cpp ${memsim_tests}/phys/conformance_rules.cpp
              ${memsim_tests}/phys/conformance_small_scope.cpp ${memsim_tests}/phys/conformance_test.cpp
              ${memsim_tests}/phys/conformance_trial.cpp ${memsim_tests}/phys/conformance_trial.hpp
        DESTINATION ${memsim_package_dir}/conformance/phys COMPONENT development)
install(FILES ${memsim_tests}/model/buddy_promise.hpp ${memsim_tests}/model/naive_tlsf.hpp
              ${memsim_tests}/model/page_array.hpp ${memsim_tests}/model/run_promise.hpp
              ${memsim_tests}/model/split_promise.hpp
        DESTINATION ${memsim_package_dir}/conformance/model COMPONENT development)

# What programs of the host are built with, where the installed memsim finds it: beside its own folder.
install(TARGETS memsim_program ARCHIVE DESTINATION lib/memsim COMPONENT program)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/src/runtime/include DESTINATION lib/memsim COMPONENT program)

install(TARGETS memsim RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/scenarios DESTINATION ${CMAKE_INSTALL_DATADIR}/memsim COMPONENT program
        FILES_MATCHING PATTERN "*.yaml" PATTERN "*.baseline" PATTERN "*.csv" PATTERN "*.json"
                       PATTERN "*.trace.xz")

# The program writes its own documentation, from the table that parses its command line.
find_program(GZIP_PROGRAM gzip REQUIRED)
function(memsim_generated file destination)
  set(output ${PROJECT_BINARY_DIR}/generated/${file})
  set(compress)
  set(written ${output})
  if(file MATCHES "(.*)\\.gz$")
    set(written ${PROJECT_BINARY_DIR}/generated/${CMAKE_MATCH_1})
    set(compress COMMAND ${GZIP_PROGRAM} -9nf ${written})
  endif()
  add_custom_command(OUTPUT ${output}
                     COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/generated
                     COMMAND $<TARGET_FILE:memsim> ${ARGN} > ${written}
                     ${compress}
                     DEPENDS memsim VERBATIM)
  set_property(GLOBAL APPEND PROPERTY memsim_generated_files ${output})
  install(FILES ${output} DESTINATION ${destination} COMPONENT program)
endfunction()

memsim_generated(memsim.1.gz ${CMAKE_INSTALL_MANDIR}/man1 docs man)
memsim_generated(memsim ${CMAKE_INSTALL_DATADIR}/bash-completion/completions docs bash)
memsim_generated(_memsim ${CMAKE_INSTALL_DATADIR}/zsh/site-functions docs zsh)
memsim_generated(memsim.fish ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d docs fish)
# The schema lies among the scenarios: tests/sim/command_line_test.py holds it to what `memsim schema` prints.
get_property(generated_files GLOBAL PROPERTY memsim_generated_files)
add_custom_target(memsim_documentation ALL DEPENDS ${generated_files})

# A component of its own, so that memsim itself needs no MPI.
if(TARGET memsim_mpi)
  install(TARGETS memsim_mpi RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT mpi)
  set(mpi_page ${PROJECT_BINARY_DIR}/generated/memsim-mpi.1)
  file(CONFIGURE OUTPUT ${mpi_page} CONTENT
".TH MEMSIM\\-MPI 1 \"\" \"memsim ${PROJECT_VERSION}\" \"User Commands\"
.SH NAME
memsim\\-mpi \\- make the runs of a memsim sweep with the ranks of an MPI program
.SH SYNOPSIS
.B mpirun memsim\\-mpi sweep
[\\fIoptions\\fR] \\fIFILE\\fR
.SH DESCRIPTION
One rank hands out runs and keeps the results, the others make them. Arguments and output are those of
.BR \"memsim sweep\" .
.SH SEE ALSO
.BR memsim (1)
" @ONLY)
  add_custom_command(OUTPUT ${mpi_page}.gz COMMAND ${GZIP_PROGRAM} -9nkf ${mpi_page} DEPENDS ${mpi_page} VERBATIM)
  add_custom_target(memsim_mpi_page ALL DEPENDS ${mpi_page}.gz)
  install(FILES ${mpi_page}.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT mpi)
endif()
include(MemsimPackage)
