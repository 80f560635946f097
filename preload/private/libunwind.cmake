# libunwind.cmake -- Builds the part of libunwind that unwinds the own process, position-independent.
set(HEAPDIFF_LIBUNWIND_VERSION 1.6.2-3)
set(HEAPDIFF_LIBUNWIND_SHA256 4a6aec666991fb45d0889c44aede8ad6eb108071c3554fcdff671f9c94794976)
string(REGEX REPLACE "-.*" "" upstream ${HEAPDIFF_LIBUNWIND_VERSION})
set(HEAPDIFF_LIBUNWIND_SOURCE "${PROJECT_SOURCE_DIR}/.cache/libunwind-${upstream}" CACHE PATH
    "Unpacked libunwind source; fetched from Debian's source package when it is not there")

if(NOT EXISTS "${HEAPDIFF_LIBUNWIND_SOURCE}/src/mi/backtrace.c")
  message(STATUS "Fetching Debian's source package libunwind ${HEAPDIFF_LIBUNWIND_VERSION}")
  get_filename_component(parent "${HEAPDIFF_LIBUNWIND_SOURCE}" DIRECTORY)
  execute_process(
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/debian_source.sh" "${parent}" libunwind
            ${HEAPDIFF_LIBUNWIND_VERSION} tar.gz ${HEAPDIFF_LIBUNWIND_SHA256}
    RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "libunwind's source could not be fetched; unpack version ${upstream} yourself "
                        "and set -DHEAPDIFF_LIBUNWIND_SOURCE=DIRECTORY")
  endif()
endif()

if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(arch x86_64)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  set(arch aarch64)
else()
  message(FATAL_ERROR "heapdiff runs on x86_64 and aarch64, not on ${CMAKE_SYSTEM_PROCESSOR}")
endif()

# The headers that configure would have made.
set(include "${CMAKE_CURRENT_BINARY_DIR}/include")
set(PKG_MAJOR 1)
set(PKG_MINOR 6)
set(PKG_EXTRA 2)
configure_file("${HEAPDIFF_LIBUNWIND_SOURCE}/include/libunwind-common.h.in" "${include}/libunwind-common.h" @ONLY)
configure_file("${HEAPDIFF_LIBUNWIND_SOURCE}/include/libunwind.h.in" "${include}/libunwind.h" COPYONLY)
configure_file("${HEAPDIFF_LIBUNWIND_SOURCE}/include/tdep/libunwind_i.h.in" "${include}/tdep/libunwind_i.h" COPYONLY)
configure_file(libunwind_config.h "${include}/config.h" COPYONLY)

set(files
  os-linux.c
  mi/init.c mi/flush_cache.c mi/mempool.c mi/backtrace.c mi/strerror.c mi/dyn-info-list.c
  mi/Ldyn-extract.c mi/Lfind_dynamic_proc_info.c mi/Lget_accessors.c mi/Lget_proc_info_by_ip.c
  mi/Lput_dynamic_unwind_info.c mi/Lget_reg.c mi/Lset_reg.c mi/Lget_fpreg.c
  mi/Lset_caching_policy.c mi/Lset_cache_size.c
  dwarf/global.c dwarf/Lexpr.c dwarf/Lfde.c dwarf/Lparser.c dwarf/Lpe.c
  dwarf/Lfind_proc_info-lsb.c dwarf/Lfind_unwind_table.c
  ${arch}/is_fpreg.c ${arch}/Lapply_reg_state.c ${arch}/Lreg_states_iterate.c
  ${arch}/Lcreate_addr_space.c ${arch}/Lget_proc_info.c ${arch}/Lget_save_loc.c ${arch}/Lglobal.c
  ${arch}/Linit.c ${arch}/Linit_local.c ${arch}/Lregs.c ${arch}/Lresume.c ${arch}/Lstash_frame.c
  ${arch}/Lstep.c ${arch}/getcontext.S)
if(arch STREQUAL "x86_64")
  list(APPEND files x86_64/setcontext.S x86_64/Los-linux.c)
else()
  list(APPEND files aarch64/Lis_signal_frame.c)
endif()
list(TRANSFORM files PREPEND "${HEAPDIFF_LIBUNWIND_SOURCE}/src/")

# A thread's cache of frames begins with 2^14 entries, and writing them is a tenth of the time that a
# process of ours takes to start. With 2^9 it grows where it is used.
set(trace "${CMAKE_CURRENT_BINARY_DIR}/${arch}/Gtrace.c")
file(READ "${HEAPDIFF_LIBUNWIND_SOURCE}/src/${arch}/Gtrace.c" text)
string(REPLACE "#define HASH_MIN_BITS 14" "#define HASH_MIN_BITS 9" smaller "${text}")
if(smaller STREQUAL text)
  message(FATAL_ERROR "libunwind's Gtrace.c does not say HASH_MIN_BITS as expected")
endif()
file(CONFIGURE OUTPUT "${trace}" CONTENT "${smaller}" @ONLY)
configure_file("${HEAPDIFF_LIBUNWIND_SOURCE}/src/${arch}/Ltrace.c"
               "${CMAKE_CURRENT_BINARY_DIR}/${arch}/Ltrace.c" COPYONLY)
list(APPEND files "${CMAKE_CURRENT_BINARY_DIR}/${arch}/Ltrace.c")

enable_language(ASM)
add_library(heapdiff_private_unwind STATIC ${files})
target_compile_definitions(heapdiff_private_unwind PRIVATE _GNU_SOURCE=1 NDEBUG=1)
target_compile_options(heapdiff_private_unwind PRIVATE
  -w -O2 -fexceptions -fvisibility=hidden -ftls-model=initial-exec
  "SHELL:-include \"${CMAKE_CURRENT_SOURCE_DIR}/libunwind_config.h\""
  "SHELL:-include \"${CMAKE_CURRENT_SOURCE_DIR}/libunwind_guest.h\"")
target_include_directories(heapdiff_private_unwind
  PUBLIC "${include}" "${HEAPDIFF_LIBUNWIND_SOURCE}/include"
  PRIVATE "${HEAPDIFF_LIBUNWIND_SOURCE}/src" "${HEAPDIFF_LIBUNWIND_SOURCE}/src/${arch}"
          "${HEAPDIFF_LIBUNWIND_SOURCE}/include/tdep-${arch}"
          "${PROJECT_SOURCE_DIR}/preload")
