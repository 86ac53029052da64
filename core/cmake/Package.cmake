# `cpack -G DEB` in the build folder makes two Debian packages: btfkit (the command, its man page and completions) and
# btfkit-dev (headers, static libraries, what find_package and pkg-config read).
find_program(GZIP gzip)
if(NOT GZIP)
  return()
endif()

set(files ${PROJECT_BINARY_DIR}/debian)
file(MAKE_DIRECTORY ${files})

# ---- what Debian asks of every package, in components of their own that a plain install leaves out
file(READ LICENSE license)
string(REGEX REPLACE "^MIT License\n+Copyright[^\n]*\n+" "" license "${license}")
string(REGEX REPLACE "\n+$" "" license "${license}")
string(REPLACE "\n\n" "\n.\n" license "${license}")
string(REPLACE "\n" "\n " license "${license}")
configure_file(core/cmake/copyright.in ${files}/copyright @ONLY)
string(TIMESTAMP rfc_date "%a, %d %b %Y 00:00:00 +0000" UTC)
if(NOT CPACK_PACKAGE_CONTACT)  # who gives the packages to others sets his own
  set(CPACK_PACKAGE_CONTACT "The btfkit authors <btfkit@localhost.localdomain>")
endif()
file(CONFIGURE OUTPUT ${files}/changelog.Debian @ONLY CONTENT [[btfkit (@PROJECT_VERSION@-1) unstable; urgency=medium

  * Built by the project itself; see changelog.gz for what is new.

 -- @CPACK_PACKAGE_CONTACT@  @rfc_date@
]])

get_target_property(described btfkit_described BTFKIT_FOLDER)
add_custom_command(OUTPUT ${files}/btfkit.1.gz COMMAND ${GZIP} -9nc ${described}/btfkit.1 > ${files}/btfkit.1.gz
  DEPENDS ${described}/btfkit.1)
add_custom_command(OUTPUT ${files}/changelog.gz COMMAND ${GZIP} -9nc ${PROJECT_SOURCE_DIR}/CHANGELOG.md > ${files}/changelog.gz
  DEPENDS CHANGELOG.md)
add_custom_command(OUTPUT ${files}/changelog.Debian.gz
  COMMAND ${GZIP} -9nc ${files}/changelog.Debian > ${files}/changelog.Debian.gz DEPENDS ${files}/changelog.Debian)
add_custom_target(btfkit_debian ALL DEPENDS ${files}/btfkit.1.gz ${files}/changelog.gz ${files}/changelog.Debian.gz)

set(documents ${files}/copyright ${files}/changelog.gz ${files}/changelog.Debian.gz)
install(FILES ${documents} DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/btfkit COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES ${documents} DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/btfkit-dev COMPONENT debian_dev EXCLUDE_FROM_ALL)
install(FILES ${files}/btfkit.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES ${described}/_btfkit DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT debian
  EXCLUDE_FROM_ALL)

# ---- both packages
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME btfkit)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # each package's description begins with its own
set(CPACK_PACKAGE_VENDOR btfkit)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL command debian development debian_dev)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_COMPONENT_COMMAND_GROUP command)
set(CPACK_COMPONENT_DEBIAN_GROUP command)
set(CPACK_COMPONENT_DEVELOPMENT_GROUP development)
set(CPACK_COMPONENT_DEBIAN_DEV_GROUP development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)

# ---- btfkit
set(CPACK_DEBIAN_COMMAND_PACKAGE_NAME btfkit)
set(CPACK_DEBIAN_COMMAND_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_COMMAND_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_COMMAND_DESCRIPTION "read, check and explain BPF type information
BTF is the type information that Linux kernels, their modules and BPF objects
carry. This command shows what a file holds, prints it as a C header, as text
or as JSON, lays out structs with their holes, finds types by many
properties, and decodes bytes as values of a type.

It has a man page and completions for bash, zsh and fish.")

# ---- btfkit-dev: the libraries are static, so that linking needs what their decoders need
set(packages libexpected-dev)
get_target_property(linked btfkit_native LINK_LIBRARIES)
foreach(pair z:zlib1g-dev zstd:libzstd-dev lzma:liblzma-dev lz4:liblz4-dev bz2:libbz2-dev)
  string(REGEX MATCH "^[^:]*" library ${pair})
  if(library IN_LIST linked)
    string(REGEX REPLACE "^[^:]*:" "" package ${pair})
    list(APPEND packages ${package})
  endif()
endforeach()
list(JOIN packages ", " packages)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME btfkit-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "${packages}")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "library for BPF type information (BTF), in C++20
Headers and static libraries that load, check, query, print, build and write
BTF, the type information of Linux kernels, their modules and BPF objects.

For CMake: find_package(btfkit) and btfkit::native or btfkit::core. For
pkg-config: btfkit or btfkit-core.")

include(CPack)
