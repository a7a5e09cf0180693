# cmake -DCOMPILER=... -DFLAGS=... -DSOURCE=... -P builder_refuses.cmake
#
# SOURCE compiles as it is. With MISTAKES defined, each of its lines marked `refused: <regex>` is an
# error that matches: an unrelated error would prove nothing.

# All mistakes, not just the first twenty.
set(limit -fmax-errors=0)
if(COMPILER MATCHES "clang")
  set(limit -ferror-limit=0)
endif()

function(compile result_variable output_variable)
  execute_process(
    COMMAND ${COMPILER} ${FLAGS} -std=c++20 -fsyntax-only ${limit} ${ARGN} ${SOURCE}
    RESULT_VARIABLE result
    OUTPUT_VARIABLE output
    ERROR_VARIABLE output)
  set(${result_variable} ${result} PARENT_SCOPE)
  set(${output_variable} "${output}" PARENT_SCOPE)
endfunction()

compile(result output)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "the file without mistakes does not compile:\n${output}")
endif()

compile(result output -DMISTAKES)
set(number 0)
set(refused 0)
file(READ ${SOURCE} text)
string(REPLACE ";" "," text "${text}")
string(REPLACE "\n" ";" lines "${text}")
foreach(line IN LISTS lines)
  math(EXPR number "${number} + 1")
  if(line MATCHES "// refused: (.*)$")
    math(EXPR refused "${refused} + 1")
    if(NOT output MATCHES "builder_refuses\\.cc:${number}:[0-9]+: error:[^\n]*${CMAKE_MATCH_1}")
      message(SEND_ERROR "line ${number} is not refused for its mistake:\n${output}")
    endif()
  endif()
endforeach()
if(refused EQUAL 0)
  message(FATAL_ERROR "${SOURCE} has no mistakes")
endif()
