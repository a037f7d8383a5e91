# How every target of this project is compiled: link `cardvault_options` to take part.

set(CARDVAULT_SANITIZE "" CACHE STRING "Sanitizers: empty, 'address,undefined' or 'thread'")
set_property(CACHE CARDVAULT_SANITIZE PROPERTY STRINGS "" "address,undefined" "thread")

include(CheckPIESupported)
check_pie_supported()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# The two variables make a cache entry valid in every clone; without them a fresh checkout in another
# folder compiles everything again.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      ${CCACHE_PROGRAM})
endif()

add_library(cardvault_options INTERFACE)
target_include_directories(cardvault_options INTERFACE ${PROJECT_SOURCE_DIR})
# Debug information and __FILE__ name files relative to the repository, the same on every machine.
target_compile_options(cardvault_options INTERFACE -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)

# A switch over an enumeration has no `default:`, so -Wswitch reports a value that is not handled;
# -Wswitch-enum is left out because it would report it even where a default is meant.
target_compile_options(
  cardvault_options
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Werror
            -Wcast-align
            -Wcast-qual
            -Wconversion
            -Wextra-semi
            -Wimplicit-fallthrough
            -Wnon-virtual-dtor
            -Wold-style-cast
            -Woverloaded-virtual
            -Wshadow
            -Wsign-conversion
            -Wswitch
            -Wundef
            -Wunused
            -Wvla)

target_compile_options(cardvault_options INTERFACE -fstack-protector-strong)
target_compile_definitions(cardvault_options INTERFACE _GLIBCXX_ASSERTIONS)
target_link_options(cardvault_options INTERFACE -Wl,-z,relro,-z,now -Wl,-z,noexecstack
                    -Wl,--as-needed)

if(CARDVAULT_SANITIZE)
  set(sanitize -fsanitize=${CARDVAULT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(cardvault_options INTERFACE ${sanitize})
  target_link_options(cardvault_options INTERFACE -fsanitize=${CARDVAULT_SANITIZE})
  # g++ 12 loses track of initialised members once the sanitizers add their code (in std::regex,
  # which cpp-httplib uses); the release build keeps the warning.
  target_compile_options(cardvault_options INTERFACE -Wno-maybe-uninitialized)
else()
  # Only here: fortified calls hide from the sanitizers what they should see.
  target_compile_options(cardvault_options INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()
