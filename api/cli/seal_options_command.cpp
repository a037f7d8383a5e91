#include <string>

#include "api/cli/command.h"

namespace cardvault::api {
namespace {

/// Adds options that share a prefix.
class Adder {
 public:
  Adder(CLI::App& command, std::string prefix) : command_(command), prefix_(std::move(prefix)) {}

  template <class Value>
  CLI::Option* add(const std::string& name, Value& value, const std::string& help) {
    const std::string option = "--" + prefix_ + name;
    return command_.add_option(option, value, help)->envname(variable_of(option));
  }
  void add_flag(const std::string& name, bool& value, const std::string& help) {
    const std::string option = "--" + prefix_ + name;
    command_.add_flag(option, value, help)->envname(variable_of(option));
  }

 private:
  CLI::App& command_;
  std::string prefix_;
};

}  // namespace

CLI::Option* add_seal_kind(CLI::App& command, const std::string& option, SealOptions& seal,
                           const std::string& help) {
  return command
      .add_option_function<std::string>(
          option, [&seal](const std::string& name) { seal.kind = parse_name(kSealNames, name); },
          help)
      ->check(one_of(kSealNames));
}

void add_ceremony_options(CLI::App& command, SealOptions& seal) {
  command.add_option("--shares", seal.shares, "shamir: number of shares, one per custodian")
      ->capture_default_str();
  command.add_option("--threshold", seal.threshold, "shamir: number of shares that open the vault")
      ->capture_default_str();
  command.add_option("--custodian", seal.custodians, "shamir: name of a custodian; repeatable");
}

void add_seal_access(CLI::App& command, SealOptions& seal, const std::string& prefix) {
  Adder adder(command, prefix);
  adder.add("root-key-file", seal.root_key_file, "keyfile: root key file; default: DIR/root.key");
  adder.add("passphrase-fd", seal.passphrase_fd,
            "passphrase: file descriptor to read it from; default: the terminal");
  adder.add("pkcs11-module", seal.pkcs11.module, "pkcs11: library of the token");
  adder.add("pkcs11-token", seal.pkcs11.token_label, "pkcs11: label of the token");
  adder.add("pkcs11-key", seal.pkcs11.key_label, "pkcs11: label of the root key");
  adder.add("pkcs11-pin-file", seal.pkcs11_pin_file,
            "pkcs11: file with the PIN; default: ask on the terminal");
  adder.add("transit-address", seal.transit.address, "transit: https://HOST:PORT of the service");
  adder.add("transit-mount", seal.transit.mount, "transit: mount path of the engine")
      ->capture_default_str();
  adder.add("transit-key", seal.transit.key, "transit: name of the root key");
  adder.add("transit-namespace", seal.transit.name_space, "transit: namespace");
  adder.add("transit-ca-file", seal.transit.ca_file,
            "transit: trusted certificates (PEM); default: the system's");
  adder.add("transit-token-file", seal.transit_token_file, "transit: file with the token");
}

void add_seal_creation(CLI::App& command, SealOptions& seal, const std::string& prefix) {
  add_ceremony_options(command, seal);
  Adder(command, prefix)
      .add_flag("pkcs11-create-key", seal.pkcs11_create_key,
                "pkcs11: generate the root key in the token");
}

}  // namespace cardvault::api
