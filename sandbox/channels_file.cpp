#include "sandbox/channels_file.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "sandbox/sandbox.h"

namespace cardvault::sandbox {

std::string channels_configuration(const Sandbox& sandbox, const Settings& settings) {
  nlohmann::ordered_json channels = nlohmann::ordered_json::array();
  for (ChannelIndex i = 0; i < kChannels.size(); ++i) {
    const std::string name(kChannels[i]);
    const bool calls_back =
        std::ranges::find(settings.callback_channels, i) != settings.callback_channels.end();
    channels.push_back(
        {{"name", name},
         {"close_url", "http://" + sandbox.address() + "/channels/" + name + "/close"},
         {"completion", calls_back ? "callback" : "response"}});
    if (calls_back) channels.back()["callback_key"] = sandbox.public_key(i);
  }
  return nlohmann::ordered_json{{"channels", channels}}.dump(2) + "\n";
}

Status write_file(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::path unfinished = file;
  unfinished += ".new";
  std::ofstream out(unfinished, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(unfinished, file, error);
  if (out && !error) return {};
  return fail(ErrorCode::internal, "Cannot write " + file.string() + ".");
}

}  // namespace cardvault::sandbox
