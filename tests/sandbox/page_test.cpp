#include "sandbox/page.h"

#include <catch2/catch_test_macros.hpp>

namespace cardvault::sandbox {
namespace {

constexpr std::string_view kScript = "<script>alert('\"&')</script>";

bool has(const std::string& html, std::string_view text) {
  return html.find(text) != std::string::npos;
}

TEST_CASE("page: markup characters are escaped for content and attributes") {
  CHECK(escape_html(kScript) == "&lt;script&gt;alert(&#39;&quot;&amp;&#39;)&lt;/script&gt;");
}

TEST_CASE("page: no text of a message becomes markup") {
  const std::string script(kScript);
  const Message hostile{.webhook_id = script,
                        .says = {.type = script, .card = script, .last4 = script},
                        .status = 401};
  const std::string html = render_page({}, {hostile}, script);
  CHECK_FALSE(has(html, "<script"));
  CHECK(has(html, "&lt;script&gt;"));
}

TEST_CASE("page: each channel is shown with its knobs, counters and the vault's answers") {
  PerChannel<ChannelState> channels;
  channels[3].knobs = {.fail_next = 2, .callback = true};
  channels[3].counters.received = 4711;
  channels[3].counters.callback_answers = {{0, 2}, {204, 31}};
  const std::string html = render_page(channels, {}, std::nullopt);
  for (const std::string_view name : kChannels) CHECK(has(html, name));
  CHECK(has(html, "fails next 2, calls back after 0 ms"));
  CHECK(has(html, "4711"));
  CHECK(has(html, "2 × none, 31 × 204"));
}

TEST_CASE("page: a dropped message and a duplicate are marked") {
  const std::string html = render_page({}, {{.status = 0}, {.duplicate = true, .status = 200}}, {});
  CHECK(has(html, "dropped"));
  CHECK(has(html, "200 (duplicate)"));
}

TEST_CASE("page: the page loads nothing from other hosts") {
  const std::string html = render_page({}, {}, std::nullopt);
  CHECK_FALSE(has(html, "src="));
  CHECK_FALSE(has(html, "href="));
  CHECK_FALSE(has(html, "url("));
}

}  // namespace
}  // namespace cardvault::sandbox
