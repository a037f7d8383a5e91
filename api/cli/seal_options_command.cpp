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
  command.add_option("--shares", seal.shares, "How many shares, one for each custodian")
      ->capture_default_str();
  command.add_option("--threshold", seal.threshold, "How many of them open the vault")
      ->capture_default_str();
  command.add_option("--custodian", seal.custodians, "The name of a share's holder; repeatable");
}

void add_seal_access(CLI::App& command, SealOptions& seal, const std::string& prefix) {
  Adder adder(command, prefix);
  adder.add("root-key-file", seal.root_key_file,
            "keyfile: the root key's file, if not DIR/root.key");
  adder.add("passphrase-fd", seal.passphrase_fd,
            "passphrase: the file descriptor to read it from, instead of the terminal");
  adder.add("pkcs11-module", seal.pkcs11.module, "pkcs11: the token's library");
  adder.add("pkcs11-token", seal.pkcs11.token_label, "pkcs11: the token's label");
  adder.add("pkcs11-key", seal.pkcs11.key_label, "pkcs11: the root key's label");
  adder.add("pkcs11-pin-file", seal.pkcs11_pin_file,
            "pkcs11: the PIN's file, instead of the terminal");
  adder.add("transit-address", seal.transit.address, "transit: https://HOST:PORT of the service");
  adder.add("transit-mount", seal.transit.mount, "transit: where the engine is mounted")
      ->capture_default_str();
  adder.add("transit-key", seal.transit.key, "transit: the root key's name");
  adder.add("transit-namespace", seal.transit.name_space, "transit: the namespace");
  adder.add("transit-ca-file", seal.transit.ca_file,
            "transit: certificates (PEM) to trust, if not the system's");
  adder.add("transit-token-file", seal.transit_token_file, "transit: the token's file");
}

void add_seal_creation(CLI::App& command, SealOptions& seal, const std::string& prefix) {
  add_ceremony_options(command, seal);
  Adder(command, prefix)
      .add_flag("pkcs11-create-key", seal.pkcs11_create_key,
                "pkcs11: make the root key in the token");
}

}  // namespace cardvault::api
