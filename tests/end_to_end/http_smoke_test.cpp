#include <catch2/catch_test_macros.hpp>

#include "tests/end_to_end/served_vault.h"
#include "tests/support/raw_http.h"

namespace cardvault::test {

TEST_CASE("hostile HTTP: each request is refused with its code and the server goes on") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  const std::string before = vault.everything(holder);
  const std::string head = "POST " + holder.path("/cards") +
                           " HTTP/1.1\r\nHost: vault\r\nAuthorization: Bearer " +
                           vault.admin_key() + "\r\nContent-Type: application/json\r\n";
  const std::string body = R"({"pan":"4111111111111111"})";
  const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n";
  std::string many_fields;
  for (int i = 0; i < 10'000; ++i) many_fields += "X-Field-" + std::to_string(i) + ": x\r\n";

  struct Case {
    const char* what;
    std::string request;
    int status;
    const char* code;
  };
  const std::vector<Case> cases{
      {"body over 64 KiB", head + "Content-Length: 65537\r\n\r\n" + std::string(65537, ' '), 413,
       "body_too_large"},
      {"chunked body", head + "Transfer-Encoding: chunked\r\n\r\n1a\r\n" + body + "\r\n0\r\n\r\n",
       400, "transfer_encoding_refused"},
      {"no length", head + "\r\n", 411, "length_required"},
      {"two lengths", head + length + "Content-Length: 5\r\n\r\n" + body, 400, "bad_http"},
      {"the same length twice", head + length + length + "\r\n" + body, 400, "bad_http"},
      {"10,000 fields", head + many_fields + length + "\r\n" + body, 431, "headers_too_large"},
      {"a field of 9 KiB",
       head + "X-Long: " + std::string(9 * 1024, 'x') + "\r\n" + length + "\r\n" + body, 431,
       "headers_too_large"},
      {"encoded body", head + "Content-Encoding: gzip\r\n" + length + "\r\n" + body, 400,
       "transfer_encoding_refused"},
  };
  for (const Case& one : cases) {
    INFO(one.what);
    RawClient client(vault.server().port());
    const auto answer = client.ask(one.request);
    REQUIRE(answer);
    CHECK(answer->status == one.status);
    INFO(answer->body);
    CHECK(answer->has_code(one.code));
    CHECK(answer->has("\"request_id\":\"req_"));
    CHECK(vault.backend().get(holder.path()).status == 200);
  }
  RawClient text(vault.server().port());
  const auto form = text.ask(
      "POST " + holder.path("/cards") + " HTTP/1.1\r\nHost: vault\r\nAuthorization: Bearer " +
      vault.admin_key() + "\r\nContent-Type: text/plain\r\n" + length + "\r\n" + body);
  REQUIRE(form);
  CHECK(form->status == 415);
  CHECK(form->has_code("unsupported_media_type"));
  CHECK(vault.everything(holder) == before);

  const std::string full = body + std::string(65536 - body.size(), ' ');
  CHECK(vault.backend().send("POST", holder.path("/cards"), full).status == 201);
  vault.stop();
}

}  // namespace cardvault::test
