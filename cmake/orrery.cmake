# The functions every folder's CMakeLists.txt uses, and the settings all our targets share.
#
#   orrery_library(NAME graph SRCS type.cc HDRS type.h DEPS orrery::base)
#     Static library orrery_graph, alias orrery::graph. Without SRCS it is header-only.
#   orrery_program(NAME orrery SRCS main.cc DEPS orrery::client)
#     Executable build/<preset>/bin/orrery.
#   orrery_test(NAME graph_test SRCS type_test.cc DEPS orrery::graph [LABELS unit] [TIMEOUT 60])
#     GoogleTest executable build/<preset>/tests/graph_test; each case is one ctest test.
#
#   orrery_library and orrery_test take ALONE file.cc ... too: sources that share names with their
#   neighbours and so are compiled by themselves.
#
# Every file is listed; includes are relative to the repository root.

include_guard(GLOBAL)

option(ORRERY_FUZZ "Build fuzz targets for libFuzzer instead of for replay" OFF)
set(ORRERY_SANITIZE "" CACHE STRING "Value for -fsanitize, empty for none")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# A dozen sources are compiled as one, so that the headers of gRPC, protobuf and the standard library
# are read once for all of them: a fifth of the time. Names in anonymous namespaces have to differ
# within a folder; -DCMAKE_UNITY_BUILD=OFF compiles each source by itself.
if(NOT DEFINED CMAKE_UNITY_BUILD)
  set(CMAKE_UNITY_BUILD ON)
endif()
set(CMAKE_UNITY_BUILD_BATCH_SIZE 12)

set(ORRERY_PROGRAM_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(ORRERY_TEST_DIRECTORY "${PROJECT_BINARY_DIR}/tests")

# ccache needs to be told that precompiled headers are safe; relative paths let build folders share.
find_program(ORRERY_CCACHE ccache)
if(ORRERY_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env
      CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}
      CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${ORRERY_CCACHE})
endif()

find_program(ORRERY_MOLD ld.mold)
find_program(ORRERY_LLD ld.lld)
if(ORRERY_MOLD)
  add_link_options(-fuse-ld=mold)
elseif(ORRERY_LLD)
  add_link_options(-fuse-ld=lld)
endif()

# Everywhere, because a precompiled header is refused by files compiled with another setting.
add_compile_options(-pthread)
add_link_options(-pthread)

if(ORRERY_SANITIZE)
  add_compile_options(-fsanitize=${ORRERY_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${ORRERY_SANITIZE})
  if(ORRERY_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Boost.Asio has fences, which the thread sanitizer ignores and gcc then warns about.
    add_compile_options(-Wno-tsan)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # In instrumented code gcc 12 sees copies beyond the end of a std::string, and uses of what an
    # empty std::optional holds, that are not there.
    add_compile_options(-Wno-array-bounds -Wno-maybe-uninitialized -Wno-stringop-overflow
                        -Wno-stringop-overread)
  endif()
endif()

# Warnings are for our own sources: generated code does not link this target.
add_library(orrery_warnings INTERFACE)
target_compile_options(orrery_warnings INTERFACE
  -Wall -Wextra -Werror -Wnon-virtual-dtor -Woverloaded-virtual
  # gcc's plain -Wshadow also refuses parameters named like members; clang has no =local.
  $<IF:$<CXX_COMPILER_ID:Clang>,-Wshadow,-Wshadow=local>
  # gcc's -Wextra refuses designated initialisers that leave members to their defaults.
  -Wno-missing-field-initializers
  # Optimising, gcc 12 sees overlapping copies where a string gets a literal (its bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  # And unset members where a vector has its first elements inside (clang looks for those that are).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-uninitialized>
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)

# Names for groups of targets, there in any preset: `ninja tests_unit` builds the tests of one kind,
# `ninja programs` what the integration tests run: all that a sanitizer run needs.
add_custom_target(programs)
add_custom_target(tests_unit)
add_custom_target(tests_simulation)
add_custom_target(tests_integration)
add_custom_target(tests_fuzz)

# Never built: tools/check_compiled.py takes from it how each header is compiled by itself.
function(_orrery_check_headers name)
  set(sources "")
  foreach(header IN LISTS ARGN)
    cmake_path(ABSOLUTE_PATH header BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
    cmake_path(RELATIVE_PATH header BASE_DIRECTORY "${PROJECT_SOURCE_DIR}")
    set(source "${PROJECT_BINARY_DIR}/headers_alone/${header}.cc")
    file(CONFIGURE OUTPUT "${source}" CONTENT "#include \"${header}\"\n" @ONLY)
    list(APPEND sources "${source}")
  endforeach()
  add_library(headers_alone_${name} OBJECT EXCLUDE_FROM_ALL ${sources})
  target_link_libraries(headers_alone_${name} PRIVATE orrery::${name} orrery_warnings)
  set_target_properties(headers_alone_${name} PROPERTIES UNITY_BUILD OFF)
endfunction()

function(_orrery_compile_alone)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

function(orrery_library)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME" "SRCS;HDRS;DEPS;ALONE")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "orrery_library(${arg_NAME}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
  endif()
  set(target orrery_${arg_NAME})
  if(arg_SRCS)
    add_library(${target} STATIC ${arg_SRCS} ${arg_ALONE} ${arg_HDRS})
    _orrery_compile_alone(${arg_ALONE})
    target_include_directories(${target} PUBLIC "${PROJECT_SOURCE_DIR}")
    target_link_libraries(${target} PUBLIC ${arg_DEPS} PRIVATE orrery_warnings)
  else()
    add_library(${target} INTERFACE ${arg_HDRS})
    target_include_directories(${target} INTERFACE "${PROJECT_SOURCE_DIR}")
    target_link_libraries(${target} INTERFACE ${arg_DEPS})
  endif()
  add_library(orrery::${arg_NAME} ALIAS ${target})
  if(arg_HDRS)
    _orrery_check_headers(${arg_NAME} ${arg_HDRS})
  endif()
endfunction()

function(orrery_program)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME" "SRCS;DEPS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "orrery_program(${arg_NAME}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
  endif()
  add_executable(${arg_NAME} ${arg_SRCS})
  target_include_directories(${arg_NAME} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${arg_NAME} PRIVATE ${arg_DEPS} orrery_warnings)
  set_target_properties(${arg_NAME} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${ORRERY_PROGRAM_DIRECTORY}")
  add_dependencies(programs ${arg_NAME})
endfunction()

# All tests share one precompiled header, so the test framework is parsed once per build.
function(_orrery_test_pch target)
  if(NOT TARGET orrery_test_pch)
    file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/test_pch.cc" CONTENT "" @ONLY)
    add_library(orrery_test_pch OBJECT "${PROJECT_BINARY_DIR}/test_pch.cc")
    target_link_libraries(orrery_test_pch PRIVATE orrery::gtest orrery::absl orrery::fmt orrery_warnings)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
      # Without it a rebuilt but identical header would miss ccache.
      target_compile_options(orrery_test_pch PRIVATE -Xclang -fno-pch-timestamp)
    endif()
    target_precompile_headers(orrery_test_pch PRIVATE
      <map> <memory> <string> <vector>
      <gmock/gmock.h> <gtest/gtest.h>
      <absl/status/statusor.h> <absl/time/time.h> <fmt/format.h>)
  endif()
  target_precompile_headers(${target} REUSE_FROM orrery_test_pch)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(${target} PRIVATE -Xclang -fno-pch-timestamp)
  endif()
endfunction()

function(orrery_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;TIMEOUT" "SRCS;DEPS;LABELS;ALONE")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "orrery_test(${arg_NAME}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_executable(${arg_NAME} ${arg_SRCS} ${arg_ALONE})
  _orrery_compile_alone(${arg_ALONE})
  target_include_directories(${arg_NAME} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${arg_NAME} PRIVATE
    ${arg_DEPS} orrery::gtest orrery::absl orrery::fmt GTest::gmock_main orrery_warnings)
  set_target_properties(${arg_NAME} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${ORRERY_TEST_DIRECTORY}")
  _orrery_test_pch(${arg_NAME})
  gtest_discover_tests(${arg_NAME}
    DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT 60
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
    PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
  foreach(label IN LISTS arg_LABELS)
    if(TARGET tests_${label})
      add_dependencies(tests_${label} ${arg_NAME})
    endif()
  endforeach()
endfunction()
