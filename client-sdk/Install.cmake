# What `cmake --install BUILD --component SDK` puts in place: the public headers, the libraries behind them, and what
# find_package(Brug) and pkg-config read.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# In the order in which a linker that reads once needs them.
set(BRUG_SDK_LIBRARIES
  brug_client brug_core brug_transport brug_zones brug_rules brug_crypto brug_messages)

install(DIRECTORY include/brug DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT SDK)
install(TARGETS ${BRUG_SDK_LIBRARIES} EXPORT BrugTargets
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT SDK
  INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")

set(BRUG_CMAKE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/Brug")
install(EXPORT BrugTargets NAMESPACE Brug:: DESTINATION "${BRUG_CMAKE_DIR}" COMPONENT SDK)
# Apart, for it needs more libraries than most apps have: found by find_package(Brug COMPONENTS vouchers).
if(BRUG_BUILD_VOUCHERS)
  install(TARGETS brug_vouchers brug_jws EXPORT BrugVouchersTargets
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT SDK
    INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
  install(EXPORT BrugVouchersTargets NAMESPACE Brug:: DESTINATION "${BRUG_CMAKE_DIR}" COMPONENT SDK)
endif()
configure_package_config_file(BrugConfig.cmake.in "${CMAKE_CURRENT_BINARY_DIR}/BrugConfig.cmake"
  INSTALL_DESTINATION "${BRUG_CMAKE_DIR}")
# Before 1.0 a minor version may break what was there.
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/BrugConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/BrugConfig.cmake" "${CMAKE_CURRENT_BINARY_DIR}/BrugConfigVersion.cmake"
  DESTINATION "${BRUG_CMAKE_DIR}" COMPONENT SDK)

list(TRANSFORM BRUG_SDK_LIBRARIES PREPEND "-l" OUTPUT_VARIABLE BRUG_PC_LIBRARIES)
list(JOIN BRUG_PC_LIBRARIES " " BRUG_PC_LIBRARIES)
# From where brug.pc lies back to the prefix, so that an installed tree can be moved.
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig"
  OUTPUT_VARIABLE BRUG_PC_PREFIX)
configure_file(brug.pc.in "${CMAKE_CURRENT_BINARY_DIR}/brug.pc" @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/brug.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT SDK)
if(BRUG_BUILD_VOUCHERS)
  configure_file(brug-vouchers.pc.in "${CMAKE_CURRENT_BINARY_DIR}/brug-vouchers.pc" @ONLY)
  install(FILES "${CMAKE_CURRENT_BINARY_DIR}/brug-vouchers.pc"
    DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT SDK)
endif()
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/brug" COMPONENT SDK)
