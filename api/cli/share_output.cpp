#include "api/cli/share_output.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <string>

#include "api/seals/terminal.h"
#include "crypto/private_file.h"

namespace cardvault::api {
namespace {

/// Information about a share for its custodian. `unseal` ignores these lines.
std::string heading(const Ceremony& ceremony, std::size_t index) {
  return "# cardvault: share " + std::to_string(index + 1) + " of " +
         std::to_string(ceremony.shares) + " for " + ceremony.custodians[index] + "; any " +
         std::to_string(ceremony.threshold) + " open the vault\n";
}

/// The custodian's name with only letters, digits and '-', which are safe in a file name.
std::string file_name(const Ceremony& ceremony, std::size_t index) {
  std::string name = ceremony.custodians[index];
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '-');
  return "share-" + std::to_string(index + 1) + "-" + name + ".txt";
}

Status hand_out_one(const ShareOutput& output, const Ceremony& ceremony, std::size_t index,
                    const Share& share) {
  constexpr std::string_view kAdvice =
      "\nWrite it down, then press Enter. It is shown only once.\n";
  const std::string head = heading(ceremony, index);
  const SecretText shown = share.text();
  std::string text;
  text.reserve(head.size() + shown.size() + 1 + kAdvice.size());
  text.append(head).append(shown.expose()).append("\n");
  Status done;
  if (output.directory.empty()) {
    text.append(kAdvice);
    done = show_on_terminal(text);
  } else {
    done = create_private_file(output.directory / file_name(ceremony, index), text, "share");
  }
  wipe(text);
  return done;
}

}  // namespace

Status check_output(const ShareOutput& output) {
  if (output.json || !output.directory.empty()) return {};
  if (::isatty(STDIN_FILENO) == 1) return {};
  return fail(ErrorCode::invalid_request,
              "There is no terminal to show shares on. Use --share-dir DIR or --json.");
}

Status hand_out(const ShareOutput& output, const Ceremony& ceremony,
                const std::vector<Share>& shares) {
  if (output.json && output.directory.empty()) return {};
  if (!output.directory.empty()) {
    TRY(make_data_directory(output.directory));
  }
  for (std::size_t i = 0; i < shares.size(); ++i) {
    TRY(hand_out_one(output, ceremony, i, shares[i]));
  }
  return {};
}

std::vector<std::string> printed_shares(const ShareOutput& output,
                                        const std::vector<Share>& shares) {
  std::vector<std::string> texts;
  if (!output.directory.empty()) return texts;
  texts.reserve(shares.size());
  for (const Share& share : shares) texts.emplace_back(share.text().expose());
  return texts;
}

}  // namespace cardvault::api
