#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "api/app/config_files.h"
#include "api/cli/command.h"
#include "vault/closing/receipt.h"

namespace cardvault::api {
namespace {

struct Verification {
  std::string receipt;
  std::string keys;
};

/// The published keys, from the file or from the vault of --data.
Result<std::string> keys_document(const Common& common, const std::string& file) {
  if (!file.empty()) return read_config_file(file);
  if (!common.data.empty()) return common.owner().ask("GET", "/keys", "");
  return fail(ErrorCode::invalid_request,
              "Name the published keys with --keys FILE (a copy of /.well-known/cardvault-keys), "
              "or the vault with --data DIR.");
}

Result<VerifiedReceipt> verify(const Common& common, const Verification& wanted) {
  TRY_VALUE(const auto receipt, read_config_file(wanted.receipt));
  TRY_VALUE(const auto document, keys_document(common, wanted.keys));
  TRY_VALUE(const auto keys, parse_published_keys(document));
  return verify_receipt(receipt, keys);
}

int run_verify(const Common& common, const Verification& wanted) {
  const auto verified = verify(common, wanted);
  if (!verified) return report(verified.error());
  if (common.json) {
    print(nlohmann::ordered_json{{"genuine", true},
                                 {"deregistration", verified->deregistration},
                                 {"card", verified->card},
                                 {"extent", verified->extent},
                                 {"channels", verified->channels},
                                 {"closed_at", verified->closed_at},
                                 {"deadline_met", verified->deadline_met},
                                 {"key_id", verified->key_id}}
              .dump());
    return 0;
  }
  std::string channels;
  for (const std::string& channel : verified->channels) {
    channels += (channels.empty() ? "" : ", ") + channel;
  }
  print("The receipt is genuine: " + verified->card +
        (verified->extent == "card" ? " was ended, and closed on " : " was closed on ") +
        (channels.empty() ? "no channel" : channels) + ", at " + verified->closed_at + ", " +
        (verified->deadline_met ? "within the deadline" : "after the deadline") + " (" +
        verified->deregistration + ", key " + verified->key_id + ").");
  return 0;
}

}  // namespace

void add_receipt_commands(CLI::App& app, Common& common, Chosen& chosen) {
  auto* receipt =
      app.add_subcommand("receipt", "Check signed proofs that a card was closed everywhere");
  receipt->require_subcommand(1);
  auto wanted = std::make_shared<Verification>();
  auto* command = receipt->add_subcommand(
      "verify", "Check a receipt offline; exit status 0 only if it is genuine");
  command
      ->add_option("file", wanted->receipt,
                   "File with the receipt, or with the deregistration that contains it")
      ->required();
  command->add_option("--keys", wanted->keys, "File with the published keys")
      ->envname("CARDVAULT_KEYS");
  command->add_option("--data", common.data, "Data directory of the vault, instead of --keys")
      ->envname("CARDVAULT_DATA");
  command->add_option("--root-key-file", common.seal.root_key_file, "Root key file of the vault")
      ->envname("CARDVAULT_ROOT_KEY_FILE");
  add_output_options(*command, common);
  command->callback([&common, &chosen, wanted] {
    chosen = [&common, wanted] { return run_verify(common, *wanted); };
  });
}

}  // namespace cardvault::api
