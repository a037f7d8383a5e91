#include "sandbox/page.h"

#include <initializer_list>

namespace cardvault::sandbox {
namespace {

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>cardvault-sandbox</title>
<style>
:root { color-scheme: light dark; }
body { font: 14px/1.5 system-ui, sans-serif; margin: 1.5rem; }
table { border-collapse: collapse; margin: 0 0 2rem; }
caption { text-align: left; font-weight: 600; font-size: 1.1rem; padding: .5rem 0; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; }
thead th { font-weight: 500; color: #888; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
td.id { font-family: ui-monospace, monospace; font-size: 12px; }
.bad { color: #c0392b; font-weight: 600; }
</style>
</head>
<body>
<h1>cardvault-sandbox</h1>
)";

constexpr std::string_view kChannelHead = R"(<table>
<caption>Channels</caption>
<thead><tr><th scope="col">channel</th><th scope="col">knobs</th><th scope="col">received</th>
<th scope="col">accepted</th><th scope="col">duplicates</th><th scope="col">refused signatures</th>
<th scope="col">faults</th><th scope="col">callbacks sent</th><th scope="col">their answers</th>
<th scope="col">pending</th></tr></thead>
<tbody>
)";

constexpr std::string_view kMessageHead = R"(<table>
<caption>Newest messages</caption>
<thead><tr><th scope="col">time</th><th scope="col">channel</th><th scope="col">webhook-id</th>
<th scope="col">type</th><th scope="col">card</th><th scope="col">last4</th>
<th scope="col">signature</th><th scope="col">answer</th></tr></thead>
<tbody>
)";

constexpr std::string_view kTableEnd = "</tbody>\n</table>\n";

std::string cell(std::string_view text, std::string_view kind = {}) {
  std::string html = kind.empty() ? "<td>" : "<td class=\"" + std::string(kind) + "\">";
  return html.append(escape_html(text)).append("</td>");
}

std::string number_cell(std::uint64_t number) {
  return cell(std::to_string(number), "n");
}

std::string row(std::initializer_list<std::string> cells) {
  std::string html = "<tr>";
  for (const std::string& one : cells) html += one;
  return html + "</tr>\n";
}

void add_word(std::string& words, std::string_view word) {
  if (!words.empty()) words += ", ";
  words += word;
}

/// The knobs that differ from their defaults.
std::string describe(const Knobs& knobs) {
  std::string words;
  const auto ms = [](std::chrono::milliseconds time) {
    return std::to_string(time.count()) + " ms";
  };
  if (knobs.down) add_word(words, "down");
  if (knobs.fail_next > 0) add_word(words, "fails next " + std::to_string(knobs.fail_next));
  if (knobs.status) add_word(words, "answers " + std::to_string(*knobs.status));
  if (knobs.delay.count() > 0) add_word(words, "waits " + ms(knobs.delay));
  if (knobs.callback) add_word(words, "calls back after " + ms(knobs.callback_delay));
  if (knobs.callback_copies > 1) add_word(words, std::to_string(knobs.callback_copies) + " times");
  if (knobs.callback_forged) add_word(words, "forged");
  if (knobs.callback_failed) add_word(words, "reports failure");
  return words.empty() ? "default" : words;
}

std::string describe_answers(const Counters& counters) {
  std::string words;
  for (const auto& [status, count] : counters.callback_answers) {
    const std::string answer = status == 0 ? "none" : std::to_string(status);
    add_word(words, std::to_string(count) + " × " + answer);
  }
  return words;
}

std::string channel_row(std::string_view name, const ChannelState& channel) {
  const Counters& counters = channel.counters;
  return row({"<th scope=\"row\">" + escape_html(name) + "</th>", cell(describe(channel.knobs)),
              number_cell(counters.received), number_cell(counters.accepted),
              number_cell(counters.duplicates), number_cell(counters.signatures_refused),
              number_cell(counters.faults), number_cell(counters.callbacks_sent),
              cell(describe_answers(counters)), number_cell(counters.callbacks_pending)});
}

std::string message_row(const Message& message) {
  const std::string answer = message.status == 0 ? "dropped" : std::to_string(message.status);
  const bool good = message.signature == SignatureVerdict::valid;
  return row({cell(format_rfc3339(message.at)), cell(kChannels[message.channel]),
              cell(message.webhook_id, "id"), cell(message.says.type),
              cell(message.says.card, "id"), cell(message.says.last4),
              cell(verdict_name(message.signature), good ? "" : "bad"),
              cell(message.duplicate ? answer + " (duplicate)" : answer)});
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string html;
  html.reserve(text.size());
  for (const char c : text) {
    // clang-format off
    switch (c) {
      case '&': html += "&amp;"; break;
      case '<': html += "&lt;"; break;
      case '>': html += "&gt;"; break;
      case '"': html += "&quot;"; break;
      case '\'': html += "&#39;"; break;
      default: html += c;
    }
    // clang-format on
  }
  return html;
}

std::string render_page(const PerChannel<ChannelState>& channels,
                        const std::vector<Message>& messages,
                        const std::optional<std::string>& vault_url) {
  std::string html(kHead);
  html += "<p>Vault: " + escape_html(vault_url.value_or("not known yet")) + "</p>\n";
  html += kChannelHead;
  for (ChannelIndex i = 0; i < channels.size(); ++i) html += channel_row(kChannels[i], channels[i]);
  html.append(kTableEnd).append(kMessageHead);
  for (const Message& message : messages) html += message_row(message);
  return html.append(kTableEnd).append("</body>\n</html>\n");
}

}  // namespace cardvault::sandbox
