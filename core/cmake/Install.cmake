# install(): the libraries, their headers, the command with its man page and completions, and what find_package(btfkit) and
# pkg-config read. The components development and command become Debian packages (see Package.cmake).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/btfkit)

# ---- development
set(libraries btfkit_core)
if(TARGET btfkit_native)
  list(APPEND libraries btfkit_native)
endif()
install(TARGETS ${libraries} EXPORT btfkit COMPONENT development FILE_SET HEADERS COMPONENT development)
install(EXPORT btfkit NAMESPACE btfkit:: DESTINATION ${package_dir} FILE btfkit-targets.cmake COMPONENT development)

configure_package_config_file(core/cmake/btfkit-config.cmake.in btfkit-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(btfkit-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/btfkit-config.cmake ${PROJECT_BINARY_DIR}/btfkit-config-version.cmake
  DESTINATION ${package_dir} COMPONENT development)

# btfkit_pkg_config(name target description): paths are relative to the .pc file, so that an installed tree may be moved. The
# libraries are static: what they need is in Libs, so that `pkg-config --libs` is all that a link takes.
function(btfkit_pkg_config name target description)
  set(requires "")
  set(libs "-l${target}")
  get_target_property(linked ${target} LINK_LIBRARIES)
  foreach(library IN LISTS linked)
    if(library STREQUAL btfkit::core)
      set(requires "Requires: btfkit-core = ${PROJECT_VERSION}\n")
    elseif(NOT library MATCHES "::")
      string(APPEND libs " -l${library}")
    endif()
  endforeach()
  file(RELATIVE_PATH to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
  string(REGEX REPLACE "/$" "" to_prefix "${to_prefix}")
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/${name}.pc @ONLY CONTENT [[prefix=${pcfiledir}/@to_prefix@
includedir=${prefix}/@CMAKE_INSTALL_INCLUDEDIR@
libdir=${prefix}/@CMAKE_INSTALL_LIBDIR@

Name: @name@
Description: @description@
Version: @PROJECT_VERSION@
@requires@Cflags: -I${includedir}
Libs: -L${libdir} @libs@
]])
  install(FILES ${PROJECT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
endfunction()
btfkit_pkg_config(btfkit-core btfkit_core "Reads, checks and explains BTF from memory")
if(TARGET btfkit_native)
  btfkit_pkg_config(btfkit btfkit_native "Reads, checks and explains BTF from files and from the running kernel")
endif()

# ---- command
if(TARGET btfkit)
  install(TARGETS btfkit COMPONENT command)
endif()
if(TARGET btfkit_described)
  get_target_property(described btfkit_described BTFKIT_FOLDER)
  install(FILES ${described}/btfkit.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME btfkit
    COMPONENT command)
  install(FILES ${described}/btfkit.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT command)
  # Debian's packages have these two in another place and form.
  install(FILES ${described}/_btfkit DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions COMPONENT elsewhere)
  install(FILES ${described}/btfkit.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT elsewhere)
endif()
