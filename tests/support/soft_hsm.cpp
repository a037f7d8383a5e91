#include "tests/support/soft_hsm.h"

#include <fstream>
#include <mutex>
#include <set>

#include "crypto/keys/seals/pkcs11_module.h"

namespace cardvault::test {
namespace fs = std::filesystem;
namespace {

std::set<fs::path> entries_of(const fs::path& folder) {
  std::set<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder)) found.insert(entry.path());
  return found;
}

void start_anew() {
  const std::lock_guard lock(Pkcs11Module::lock());
  auto module = Pkcs11Module::load(SoftHsm::module());
  REQUIRE(module.has_value());
  REQUIRE(module->restart().has_value());
}

}  // namespace

SoftHsm::SoftHsm(const std::vector<std::string>& token_labels) {
  const fs::path configuration = folder_.path() / "softhsm2.conf";
  fs::create_directory(folder_.path() / "tokens");
  std::ofstream(configuration) << "directories.tokendir = " << (folder_.path() / "tokens").string()
                               << "\nobjectstore.backend = file\nlog.level = ERROR\n";
  REQUIRE(::setenv("SOFTHSM2_CONF", configuration.c_str(), 1) == 0);
  for (const std::string& label : token_labels) tokens_.push_back(make_token(label));
  start_anew();
}

fs::path SoftHsm::make_token(const std::string& label) const {
  const auto before = entries_of(folder_.path() / "tokens");
  const std::string command = std::string(CARDVAULT_SOFTHSM2_UTIL) +
                              " --init-token --free --so-pin 12345678 --pin " + std::string(kPin) +
                              " --label " + label + " >/dev/null";
  REQUIRE(std::system(command.c_str()) == 0);
  for (const auto& entry : entries_of(folder_.path() / "tokens")) {
    if (!before.contains(entry)) return entry;
  }
  FAIL("softhsm2-util made no token");
  return {};
}

std::string SoftHsm::module() {
  return CARDVAULT_SOFTHSM2_MODULE;
}

Pkcs11Place SoftHsm::place(std::string token_label, std::string key_label) {
  return {
      .module = module(), .token_label = std::move(token_label), .key_label = std::move(key_label)};
}

void SoftHsm::unplug(std::size_t token) const {
  fs::rename(tokens_.at(token), folder_.path() / std::to_string(token));
}

void SoftHsm::plug_in(std::size_t token) const {
  fs::rename(folder_.path() / std::to_string(token), tokens_.at(token));
}

}  // namespace cardvault::test
