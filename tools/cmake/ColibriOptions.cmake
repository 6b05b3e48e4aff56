# Options, compiler, warnings, sanitizers and the compiler cache, for the whole tree.
option(COLIBRI_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(COLIBRI_FUZZ "Build the fuzzers (clang's libFuzzer); preset fuzz sets it" OFF)
option(COLIBRI_BENCH "Build the benchmarks; preset bench sets it" OFF)
option(COLIBRI_NATIVE "Compile for this machine's processor (-march=native)" OFF)
option(COLIBRI_CCACHE "Compile through ccache when it is installed" ON)
option(COLIBRI_PCH "Precompile the third-party headers of the tests" ON)
set(COLIBRI_SANITIZE "" CACHE STRING "Sanitizers: address,undefined or thread; empty for none")

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  message(FATAL_ERROR
    "g++ ${CMAKE_CXX_COMPILER_VERSION} miscompiles ordinary coroutines: awaited temporaries are "
    "destroyed twice, which shows as double frees and crashes at run time. Use clang 19 "
    "(cmake --preset release, or -DCMAKE_CXX_COMPILER=clang++-19), or g++ 13 and later. "
    "tools/dev setup installs clang 19.")
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  message(FATAL_ERROR
    "clang ${CMAKE_CXX_COMPILER_VERSION} is too old for C++20 coroutines: use clang 14 or later. "
    "tools/dev setup installs clang 19.")
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release or Debug" FORCE)
endif()

add_compile_options(-Wall -Wextra -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options(-fcolor-diagnostics)
  # A precompiled header of the same contents is the same to ccache.
  add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  find_program(COLIBRI_LLD NAMES ld.lld-19 ld.lld)
  if(COLIBRI_LLD)
    add_link_options(--ld-path=${COLIBRI_LLD})
    # One copy of functions whose code is the same, 0.4 MiB of the program. Only of those whose
    # address nobody takes: libraries compare addresses to tell types apart.
    if(NOT COLIBRI_SANITIZE)
      add_link_options($<$<CONFIG:Release>:-Wl,--icf=safe>)
    endif()
  endif()
endif()
if(COLIBRI_NATIVE)
  add_compile_options(-march=native)
endif()

if(COLIBRI_SANITIZE)
  add_compile_options(-fsanitize=${COLIBRI_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${COLIBRI_SANITIZE})
  # Recycled coroutine frames would hide a dangling frame from AddressSanitizer.
  add_compile_definitions(BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING)
endif()
if(COLIBRI_SANITIZE MATCHES "address" AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # Coverage for libFuzzer, in presets asan and fuzz alike, so that both share what ccache keeps.
  # Each fuzzer alone links libFuzzer's main().
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()

if(COLIBRI_CCACHE)
  find_program(COLIBRI_CCACHE_PROGRAM ccache)
  if(COLIBRI_CCACHE_PROGRAM)
    # Relative paths and no directory in the hash: build directories share what they compiled.
    set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}
      CCACHE_SLOPPINESS=pch_defines,time_macros ${COLIBRI_CCACHE_PROGRAM})
  endif()
endif()

# Two links at a time are enough; a link of everything takes most of a gigabyte under a sanitizer.
set_property(GLOBAL PROPERTY JOB_POOLS link=2)
set(CMAKE_JOB_POOL_LINK link)
