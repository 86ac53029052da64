# What every target of the project shares.

# Our own targets: warnings, and nothing that a user of the libraries would inherit.
function(btfkit_warnings target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast -Wimplicit-fallthrough
    -Wno-missing-field-initializers  # designated initialisers leave fields at their defaults on purpose
    $<$<BOOL:${BTFKIT_WERROR}>:-Werror>)
endfunction()

# tl::expected and Catch2 2.x are single headers in /usr/include, a folder that must not be on em++'s path: glibc's headers in
# it would hide Emscripten's. So the one header is copied into the build tree, and that folder is searched instead.
function(btfkit_copy_header target header)
  find_path(folder ${header} HINTS /usr/include /usr/local/include NO_CMAKE_FIND_ROOT_PATH NO_CACHE REQUIRED)
  configure_file(${folder}/${header} ${PROJECT_BINARY_DIR}/headers/${header} COPYONLY)
  target_include_directories(${target} SYSTEM PUBLIC ${PROJECT_BINARY_DIR}/headers)
endfunction()
