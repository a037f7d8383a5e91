#include "sandbox/options.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <string>
#include <vector>

#include "base/skipped_variables.h"

namespace cardvault::sandbox {

Status parse_listen(std::string_view text, Settings& settings) {
  const std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos) {
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, settings.port);
    settings.host = host;
    if (error == std::errc{} && stop == end && !host.empty()) return {};
  }
  return fail(ErrorCode::invalid_request, "\"" + std::string(text) + "\" is not HOST:PORT.");
}

std::expected<Options, int> parse_options(int argc, char** argv) {
  CLI::App app("cardvault-sandbox plays the channels that a card vault calls.");
  Options options;
  std::string listen = "127.0.0.1:8090";
  app.add_option("--listen", listen, "HOST:PORT to listen on (port 0 = any free port)")
      ->check([](const std::string& text) {
        Settings ignored;
        const auto parsed = parse_listen(text, ignored);
        return parsed ? std::string() : parsed.error().detail;
      })
      ->capture_default_str()
      ->envname("CARDVAULT_SANDBOX_LISTEN");
  app.add_option("--vault", options.settings.vault, "The vault's address, http://HOST:PORT")
      ->envname("CARDVAULT_SANDBOX_VAULT");
  std::vector<std::string> callback_channels;
  app.add_option("--callback-channel", callback_channels,
                 "Channel that answers 202 and reports later; repeatable")
      ->delimiter(',')
      ->check(CLI::IsMember(std::vector<std::string>(kChannels.begin(), kChannels.end())))
      ->envname("CARDVAULT_SANDBOX_CALLBACK_CHANNEL");
  app.add_option("--write-channels", options.channels_file,
                 "File to write: a vault's channels configuration for this sandbox")
      ->envname("CARDVAULT_SANDBOX_WRITE_CHANNELS");
  app.add_flag("--json", options.json, "Print the listening address as JSON")
      ->envname("CARDVAULT_SANDBOX_JSON");
  try {
    app.parse(argc, argv);
    take_skipped_variables(app);
  } catch (const CLI::ParseError& error) {
    return std::unexpected(app.exit(error));
  }
  if (!parse_listen(listen, options.settings)) return std::unexpected(2);
  for (const std::string& name : callback_channels) {
    if (const auto channel = find_channel(name))
      options.settings.callback_channels.push_back(*channel);
  }
  return options;
}

}  // namespace cardvault::sandbox
