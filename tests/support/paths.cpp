#include "tests/support/paths.h"

namespace cardvault::test {

const char* const kProgram = CARDVAULT_PROGRAM;
const char* const kSandboxProgram = CARDVAULT_SANDBOX_PROGRAM;
const char* const kBankProfiles = CARDVAULT_BANK_PROFILES;
const char* const kSeedFile = CARDVAULT_SEED_FILE;

}  // namespace cardvault::test
