# Debian packages, made by `cpack` in a build folder: `memsim`, the program with its manual and scenarios,
# `libmemsim-dev`, the libraries with their headers and the CMake package, and where it was built `memsim-mpi`. CI
# elsewhere needs the first only.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME memsim)
set(CPACK_PACKAGE_CONTACT "memsim maintainers <maintainers@memsim.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "simulator of a microkernel's memory manager")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL program development)
if(TARGET memsim_mpi)
  list(APPEND CPACK_COMPONENTS_ALL mpi)
endif()
set(CPACK_DEB_COMPONENT_INSTALL ON)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 0local1)  # before any that Debian itself would make
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME memsim)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAM_DESCRIPTION
"memsim runs scenarios of processes that allocate physically contiguous
memory, map, share and free it, and shows what becomes of free memory,
of requests and of replies to _MEM_OBJ_INFO. The same scenario gives the
same result everywhere, so that results can be checked in CI.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libmemsim-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "memsim (= ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}), libfmt-dev, libutf8proc-dev, libyaml-cpp-dev, libboost-dev, libarchive-dev, nlohmann-json3-dev, libprotobuf-dev, libsqlitecpp-dev, libsqlite3-dev")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION
"The libraries of memsim, a simulator of a microkernel's memory manager,
with their headers and a CMake package: for programs that run scenarios
themselves or bring allocators of their own.")
set(CPACK_DEBIAN_MPI_PACKAGE_NAME memsim-mpi)
set(CPACK_DEBIAN_MPI_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_MPI_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_MPI_PACKAGE_DEPENDS "memsim (= ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})")
set(CPACK_DEBIAN_MPI_DESCRIPTION
"memsim-mpi makes the runs of a sweep of memsim, a simulator of a
microkernel's memory manager, with the ranks of an MPI program, on one
machine or many, and gives the same results as memsim itself.")

# What Debian wants beside the files of a package. Compressed without a time stamp, so that packages are reproducible.
set(debian_dir ${PROJECT_BINARY_DIR}/debian)
file(READ ${PROJECT_SOURCE_DIR}/LICENSE license)
file(CONFIGURE OUTPUT ${debian_dir}/copyright CONTENT "memsim, a simulator of a microkernel's memory manager\n\n${license}" @ONLY)
file(CONFIGURE OUTPUT ${debian_dir}/changelog CONTENT
"memsim (${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium

  * Built from the project's own sources.

 -- memsim maintainers <maintainers@memsim.invalid>  Sat, 28 Nov 2026 00:00:00 +0000
" @ONLY)
add_custom_command(OUTPUT ${debian_dir}/changelog.Debian.gz
                   COMMAND ${GZIP_PROGRAM} -9nc ${debian_dir}/changelog > ${debian_dir}/changelog.Debian.gz
                   DEPENDS ${debian_dir}/changelog VERBATIM)
add_custom_target(memsim_changelog ALL DEPENDS ${debian_dir}/changelog.Debian.gz)
install(FILES ${debian_dir}/copyright ${debian_dir}/changelog.Debian.gz
        DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/memsim COMPONENT program)
install(FILES ${debian_dir}/copyright ${debian_dir}/changelog.Debian.gz
        DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/libmemsim-dev COMPONENT development)
if(TARGET memsim_mpi)
  install(FILES ${debian_dir}/copyright ${debian_dir}/changelog.Debian.gz
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/memsim-mpi COMPONENT mpi)
endif()

include(CPack)
