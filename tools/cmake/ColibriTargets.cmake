# colibri_library(NAME [GLOB pattern...] [EXCLUDE regex] [PUBLIC lib...] [PRIVATE lib...]
#                 [PRECOMPILE header...])
#
# A static library colibri_NAME with alias colibri::NAME from this folder's sources. The patterns
# default to *.cc of this folder. A folder without sources gives an interface library, so that a
# folder of headers is a target like any other. PRECOMPILE: third-party headers, <header.h>, beside
# those of precompiled.h.
function(colibri_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "EXCLUDE" "GLOB;PUBLIC;PRIVATE;PRECOMPILE")
  if(NOT arg_GLOB)
    set(arg_GLOB *.cc)
  endif()
  list(TRANSFORM arg_GLOB PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  file(GLOB sources CONFIGURE_DEPENDS ${arg_GLOB})
  if(arg_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX ${arg_EXCLUDE})
  endif()
  set(target colibri_${name})
  set(include_dirs $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:include/colibri>)
  if(sources)
    add_library(${target} STATIC ${sources})
    target_include_directories(${target} PUBLIC ${include_dirs})
    target_compile_features(${target} PUBLIC cxx_std_20)
    target_link_libraries(${target} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
    # Asio and Beast hand each operation the name of its function, which are 0.7 MiB of the program
    # and show in no message of ours. Layouts are the same with and without, so users need not know.
    target_compile_definitions(${target} PRIVATE
                               $<$<CONFIG:Release>:BOOST_DISABLE_CURRENT_LOCATION>)
    # Two seconds for each library; a file takes half the time then.
    list(LENGTH sources count)
    if(COLIBRI_PCH AND count GREATER 3)
      target_precompile_headers(${target} PRIVATE
                                ${PROJECT_SOURCE_DIR}/tools/cmake/precompiled.h ${arg_PRECOMPILE})
    endif()
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${include_dirs})
    target_compile_features(${target} INTERFACE cxx_std_20)
    target_link_libraries(${target} INTERFACE ${arg_PUBLIC} ${arg_PRIVATE})
  endif()
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  add_library(colibri::${name} ALIAS ${target})
  set_property(GLOBAL APPEND PROPERTY COLIBRI_LIBRARIES ${target})
  colibri_header_check(${name} ${arg_GLOB})
endfunction()

# Each header of a library compiles alone: ninja header_check.
add_custom_target(header_check)

function(colibri_header_check name)
  set(patterns ${ARGN})
  list(FILTER patterns INCLUDE REGEX "/\\*\\.cc$")
  list(TRANSFORM patterns REPLACE "\\.cc$" ".h")
  if(NOT patterns)
    return()
  endif()
  file(GLOB headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${patterns})
  if(NOT headers)
    return()
  endif()
  set(sources)
  foreach(header IN LISTS headers)
    set(source ${PROJECT_BINARY_DIR}/header_check/${header}.cc)
    file(CONFIGURE OUTPUT ${source} CONTENT "#include \"@header@\"\n" @ONLY)
    list(APPEND sources ${source})
  endforeach()
  add_library(colibri_${name}_headers OBJECT EXCLUDE_FROM_ALL ${sources})
  target_link_libraries(colibri_${name}_headers PRIVATE colibri_${name})
  add_dependencies(header_check colibri_${name}_headers)
endfunction()
