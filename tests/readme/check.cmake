# cmake -D README=... -D NAME=inspect.cpp [-D NEEDS=file] -P check.cmake -- COMMAND...
# Runs the command and compares what it prints with the output that README.md shows for NAME.
include(${CMAKE_CURRENT_LIST_DIR}/fence.cmake)

if(NEEDS AND NOT EXISTS ${NEEDS})
  execute_process(COMMAND ${CMAKE_COMMAND} -E echo "SKIPPED: ${NEEDS} is not built (./dev test node builds it)")
  return()
endif()

set(command)
foreach(i RANGE ${CMAKE_ARGC})
  if(DEFINED command_starts)
    list(APPEND command "${CMAKE_ARGV${i}}")
  elseif(CMAKE_ARGV${i} STREQUAL "--")
    set(command_starts ${i})
  endif()
endforeach()

fence(${README} "<!-- output: ${NAME}" expected)
execute_process(COMMAND ${command} OUTPUT_VARIABLE actual ERROR_VARIABLE problems RESULT_VARIABLE result)
if(NOT result EQUAL 0 AND problems MATCHES "not permitted|Linux [0-9.]+")  # what only a kernel, or root, can do
  execute_process(COMMAND ${CMAKE_COMMAND} -E echo "SKIPPED: ${problems}")
  return()
endif()
if(NOT result EQUAL 0 OR NOT actual STREQUAL expected)
  message(FATAL_ERROR "exit code ${result}; README.md shows\n${expected}--- but the example printed\n${actual}${problems}---")
endif()
