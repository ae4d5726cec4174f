# Installed with the CMake package: programs that run as simulated processes.

# memsim_add_program(NAME SOURCES file... [OPTIONS word...])
# Builds NAME in the current binary directory with `memsim cc`, as part of all; the options are the compiler's. The target
# is called memsim_program_NAME.
function(memsim_add_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;OPTIONS" ${ARGN})
  set(sources)
  foreach(source IN LISTS arg_SOURCES)
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
    list(APPEND sources "${source}")
  endforeach()
  set(program "${memsim_PROGRAM}")
  set(depends "${memsim_PROGRAM}")
  if(TARGET memsim_program)  # memsim's own build
    set(program $<TARGET_FILE:memsim>)
    set(depends memsim memsim_program)
  endif()
  set(output "${CMAKE_CURRENT_BINARY_DIR}/${name}")
  add_custom_command(OUTPUT "${output}" COMMAND ${program} cc ${arg_OPTIONS} -o "${output}" ${sources}
                     DEPENDS ${sources} ${depends} VERBATIM)
  add_custom_target(memsim_program_${name} ALL DEPENDS "${output}")
endfunction()
