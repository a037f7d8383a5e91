#pragma once

namespace cardvault::test {

/// Where the programs and files under test are. Defined in one source per test program, so that
/// every other source compiles the same in each clone and is found in the compiler cache.
extern const char* const kProgram;
extern const char* const kSandboxProgram;
extern const char* const kBankProfiles;
extern const char* const kSeedFile;

}  // namespace cardvault::test
