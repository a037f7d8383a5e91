#include "api/commands/command.h"

#include <cstdio>

namespace cardvault::api {

void add_output_options(CLI::App& command, Common& common) {
  command.add_option("--log-level", common.log_level, "debug, info, warning, error or off")
      ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}))
      ->capture_default_str()
      ->envname("CARDVAULT_LOG_LEVEL");
  command.add_flag("--json", common.json, "Print the result as JSON")->envname("CARDVAULT_JSON");
}

void add_common(CLI::App& command, Common& common) {
  command.add_option("--data", common.data, "The data directory")
      ->required()
      ->envname("CARDVAULT_DATA");
  command
      .add_option("--root-key-file", common.root_key_file,
                  "The root key's file, if not DIR/root.key")
      ->envname("CARDVAULT_ROOT_KEY_FILE");
  add_output_options(command, common);
}

void add_bank_and_channel_options(CLI::App& command, ConfigurationFiles& files) {
  command.add_option("--banks", files.banks, "The directory of bank profiles")
      ->envname("CARDVAULT_BANKS");
  command.add_option("--channels", files.channels, "The file of channels and how to close them")
      ->envname("CARDVAULT_CHANNELS");
}

void print(const std::string& text) {
  std::printf("%s\n", text.c_str());
}

int report(const Error& error) {
  std::fprintf(stderr, "cardvault: %s\n", error.detail.c_str());
  if (!error.inside.text.empty()) std::fprintf(stderr, "  %s\n", error.inside.text.c_str());
  for (const FieldError& field : error.fields) {
    std::fprintf(stderr, "  %s: %s\n", field.field.c_str(), field.reason.c_str());
  }
  return 1;
}

}  // namespace cardvault::api
