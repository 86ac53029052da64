# install(): the libraries, their headers, the command, and what find_package(btfkit) reads.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/btfkit)

set(libraries btfkit_core)
if(TARGET btfkit_native)
  list(APPEND libraries btfkit_native)
endif()
install(TARGETS ${libraries} EXPORT btfkit FILE_SET HEADERS)
install(EXPORT btfkit NAMESPACE btfkit:: DESTINATION ${package_dir} FILE btfkit-targets.cmake)
if(TARGET btfkit)
  install(TARGETS btfkit)
endif()

configure_package_config_file(core/cmake/btfkit-config.cmake.in btfkit-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(btfkit-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/btfkit-config.cmake ${PROJECT_BINARY_DIR}/btfkit-config-version.cmake
  DESTINATION ${package_dir})
