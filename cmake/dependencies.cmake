# Every library from outside, under one name each. Link them PRIVATE in the target that owns them,
# so that an include from the wrong room does not compile. CONTRIBUTING.md says what each one is for.

# Where scripts/setup puts the libraries it built from source; first, because the system may have
# older ones.
if(DEFINED ENV{CARDVAULT_DEPS_DIR})
  list(PREPEND CMAKE_PREFIX_PATH $ENV{CARDVAULT_DEPS_DIR}/prefix)
else()
  list(PREPEND CMAKE_PREFIX_PATH ${PROJECT_SOURCE_DIR}/.deps/prefix)
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

# dependency(NAME TARGET...): an imported target, so its headers count as system headers and our
# warnings stay out of them.
function(dependency name)
  add_library(dep::${name} INTERFACE IMPORTED GLOBAL)
  target_link_libraries(dep::${name} INTERFACE ${ARGN})
endfunction()

pkg_check_modules(sodium REQUIRED IMPORTED_TARGET GLOBAL libsodium>=1.0.18)
dependency(sodium PkgConfig::sodium)

# The header of PKCS #11 only: nothing of p11-kit's library is linked, the module that an operator
# names is loaded.
pkg_check_modules(p11_kit REQUIRED p11-kit-1>=0.24)
add_library(dep::pkcs11 INTERFACE IMPORTED GLOBAL)
target_include_directories(dep::pkcs11 INTERFACE ${p11_kit_INCLUDE_DIRS})

find_package(nlohmann_json 3.11 REQUIRED)
dependency(json nlohmann_json::nlohmann_json)

find_package(SQLite3 3.40 REQUIRED)
dependency(sqlite SQLite::SQLite3)

find_package(CLI11 2.1 REQUIRED)
dependency(cli11 CLI11::CLI11)

find_package(spdlog 1.10 REQUIRED)
dependency(spdlog spdlog::spdlog)

# Debian builds it to read the system's tzdata: it never downloads one.
find_package(date 3.0 REQUIRED)
dependency(date_tz date::date-tz)

# Unicode: normal forms, character classes, digit values.
find_package(ICU 72 REQUIRED COMPONENTS uc)
dependency(icu ICU::uc)

# Estimates how many guesses a password takes. Debian ships it without a CMake or pkg-config file.
find_library(ZXCVBN_LIBRARY zxcvbn REQUIRED)
find_path(ZXCVBN_INCLUDE_DIR zxcvbn.h REQUIRED)
dependency(zxcvbn ${ZXCVBN_LIBRARY})
target_include_directories(dep::zxcvbn INTERFACE ${ZXCVBN_INCLUDE_DIR})

# By pkg-config: the CMake file would also ask for the HTTP servers of its other halves.
pkg_check_modules(prometheus REQUIRED IMPORTED_TARGET GLOBAL prometheus-cpp-core>=1.0)
dependency(prometheus PkgConfig::prometheus Threads::Threads)

# cpp-httplib as scripts/setup splits it, compiled here like our own code, but without its warnings.
find_package(OpenSSL 3.0 REQUIRED)
find_path(HTTPLIB_SOURCE httplib.cc PATH_SUFFIXES src/cpp-httplib NO_CACHE)
if(HTTPLIB_SOURCE)
  file(STRINGS ${HTTPLIB_SOURCE}/httplib.h httplib_version REGEX "define CPPHTTPLIB_VERSION ")
  string(REGEX MATCH "[0-9.]+" httplib_version "${httplib_version}")
endif()
if(NOT HTTPLIB_SOURCE OR httplib_version VERSION_LESS 0.41)
  message(FATAL_ERROR "cpp-httplib 0.41 or newer, split by its script, is needed: run scripts/setup")
endif()
add_library(cpp_httplib STATIC ${HTTPLIB_SOURCE}/httplib.cc)
target_include_directories(cpp_httplib SYSTEM PUBLIC ${HTTPLIB_SOURCE})
target_link_libraries(
  cpp_httplib
  PUBLIC OpenSSL::SSL OpenSSL::Crypto Threads::Threads
  PRIVATE cardvault_options)
target_compile_options(cpp_httplib PRIVATE -w)
# Here and nowhere else: two sources that set them differently would break the one-definition rule.
# The limits are what net/server/server.h promises; the backlog of 5 drops bursts of connections. Asking
# with Expect: 100-continue before a body is off: it costs a second where the peer does not know it.
target_compile_definitions(
  cpp_httplib
  PUBLIC CPPHTTPLIB_OPENSSL_SUPPORT
         CPPHTTPLIB_EXPECT_100_THRESHOLD=0
         CPPHTTPLIB_HEADER_MAX_COUNT=100
         CPPHTTPLIB_HEADER_MAX_LENGTH=8192
         CPPHTTPLIB_LISTEN_BACKLOG=512
         CPPHTTPLIB_REQUEST_URI_MAX_LENGTH=8192)
dependency(httplib cpp_httplib)

# Calls to the world outside. Its callbacks reach into OpenSSL, which is the one it was built with.
pkg_check_modules(curl REQUIRED IMPORTED_TARGET GLOBAL libcurl>=7.88)
dependency(curl PkgConfig::curl OpenSSL::SSL OpenSSL::Crypto)

# By pkg-config, because Debian's package and a build from source agree only there. The TLS half
# comes first: static libraries are searched in order.
pkg_check_modules(hiredis_ssl REQUIRED IMPORTED_TARGET GLOBAL hiredis_ssl>=1.1 hiredis>=1.1)
dependency(hiredis PkgConfig::hiredis_ssl OpenSSL::SSL OpenSSL::Crypto)

if(BUILD_TESTING)
  find_package(Catch2 3.7 REQUIRED)
  dependency(catch2 Catch2::Catch2WithMain)
  include(Catch)
  # When ctest starts, not after each link: scripts/test sets what the sanitizers need only then.
  set(CMAKE_CATCH_DISCOVER_TESTS_DISCOVERY_MODE PRE_TEST)

  find_package(rapidcheck REQUIRED)
  dependency(rapidcheck rapidcheck)
endif()
