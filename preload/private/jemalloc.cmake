# jemalloc.cmake -- Builds jemalloc from Debian's source package, once for all presets.
set(HEAPDIFF_JEMALLOC_VERSION 5.3.0-1)
set(HEAPDIFF_JEMALLOC_SHA256 2db82d1e7119df3e71b7640219b6dfe84789bc0537983c3b7ac4f7189aecfeaa)
string(REGEX REPLACE "-.*" "" upstream ${HEAPDIFF_JEMALLOC_VERSION})
set(HEAPDIFF_JEMALLOC_SOURCE "${PROJECT_SOURCE_DIR}/.cache/jemalloc-${upstream}" CACHE PATH
    "Unpacked jemalloc source; fetched from Debian's source package when it is not there")

if(NOT EXISTS "${HEAPDIFF_JEMALLOC_SOURCE}/configure")
  message(STATUS "Fetching Debian's source package jemalloc ${HEAPDIFF_JEMALLOC_VERSION}")
  get_filename_component(parent "${HEAPDIFF_JEMALLOC_SOURCE}" DIRECTORY)
  execute_process(
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/debian_source.sh" "${parent}" jemalloc
            ${HEAPDIFF_JEMALLOC_VERSION} tar.bz2 ${HEAPDIFF_JEMALLOC_SHA256}
    RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "jemalloc's source could not be fetched; unpack version ${upstream} yourself "
                        "and set -DHEAPDIFF_JEMALLOC_SOURCE=DIRECTORY")
  endif()
endif()

# Named after the script, so that a change of it makes a new library.
file(SHA256 "${CMAKE_CURRENT_SOURCE_DIR}/jemalloc_build.sh" script)
string(SUBSTRING ${script} 0 8 script)
set(heapdiff_jemalloc "${PROJECT_SOURCE_DIR}/.cache/jemalloc-${upstream}-${CMAKE_SYSTEM_PROCESSOR}-${script}")
if(NOT EXISTS "${heapdiff_jemalloc}/libjemalloc_pic.a")
  message(STATUS "Building jemalloc ${upstream}")
  execute_process(
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/jemalloc_build.sh" "${HEAPDIFF_JEMALLOC_SOURCE}"
            "${heapdiff_jemalloc}" "${CMAKE_C_COMPILER}"
    RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "jemalloc could not be built")
  endif()
endif()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS jemalloc_build.sh)
