# Installs the build into an empty prefix, and builds the consumer against nothing but that prefix, by CMake and by pkg-config.
include(${CMAKE_CURRENT_LIST_DIR}/steps.cmake)

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${SCRATCH}/prefix)
if(EXISTS ${SCRATCH}/prefix/bin/btfkit)
  check_command(${SCRATCH}/prefix/bin/btfkit)
  foreach(file man/man1/btfkit.1 bash-completion/completions/btfkit zsh/site-functions/_btfkit
      fish/vendor_completions.d/btfkit.fish)
    require_file(${SCRATCH}/prefix/share/${file})
  endforeach()
endif()
check_consumers(${SCRATCH}/prefix)
