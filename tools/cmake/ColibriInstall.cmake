# cmake --install: libraries, headers under include/colibri, and find_package(colibri CONFIG).
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

get_property(libraries GLOBAL PROPERTY COLIBRI_LIBRARIES)
install(TARGETS ${libraries} EXPORT colibriTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT colibriTargets NAMESPACE colibri::
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/colibri)
foreach(folder core auth connector exchanges strategies tools/venue_sim tools/cli)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${folder}/ DESTINATION include/colibri/${folder}
          FILES_MATCHING PATTERN "*.h")
endforeach()

configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/tools/cmake/colibri-config.cmake.in
  ${PROJECT_BINARY_DIR}/colibri-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/colibri)
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/colibri-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/colibri-config.cmake
              ${PROJECT_BINARY_DIR}/colibri-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/colibri)
