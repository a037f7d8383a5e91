#pragma once

namespace cardvault::test {

/// Paths of the programs and files under test. They are defined in one source per test program, so
/// that every other source compiles the same in each clone and the compiler cache has it.
extern const char* const kProgram;
extern const char* const kSandboxProgram;
extern const char* const kBankProfiles;
extern const char* const kSeedFile;

}  // namespace cardvault::test
