#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "tests/crypto/keys/seals/transit_fixture.h"

namespace cardvault::test {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kCiphertext = "\1vault:v1:QUJDREVGR0g=";

std::string http(std::string_view status, std::string_view body, std::string_view fields = {}) {
  return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(fields) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

/// A server that answers every request with the same bytes.
struct Parrot {
  explicit Parrot(std::string text)
      : answer(std::move(text)),
        peer([this](RawConnection& connection) {
          if (connection.request().empty()) return;
          connection.send(answer);
        }),
        seal(transit_seal(options_for(peer.port()))) {}

  /// The detail of key_unavailable if wrap and unwrap give the same one, otherwise empty.
  [[nodiscard]] std::string refused() const {
    const std::string wrapped = refusal(seal->wrap(some_key()));
    return refusal(seal->unwrap(as_bytes(kCiphertext))) == wrapped ? wrapped : "";
  }

  std::string answer;
  RawPeer peer;
  std::unique_ptr<TransitSeal> seal;
};

TEST_CASE("transit failure: a stopped server is key_unavailable and works again after a restart") {
  TransitEngine engine;
  engine.rotate("cardvault");
  auto peer = std::make_unique<PlainPeer>();
  engine.serve(peer->server);
  peer->run();
  const std::uint16_t port = peer->port;
  const auto seal = transit_seal(options_for(port));
  const SecretBytes key = some_key();
  const Bytes wrapped = seal->wrap(key).value();
  peer.reset();
  const auto gone = seal->unwrap(wrapped);
  CHECK(refusal(gone) == "The transit server " + options_for(port).address + " cannot be reached.");
  CHECK(gone.error().inside.text == "transit: connect_failed");

  httplib::Server again;
  again.set_socket_options(
      [](socket_t fd) { httplib::set_socket_opt(fd, SOL_SOCKET, SO_REUSEADDR, 1); });
  engine.serve(again);
  REQUIRE(again.bind_to_port("127.0.0.1", port));
  std::jthread thread([&] { again.listen_after_bind(); });
  again.wait_until_ready();
  CHECK(opens(*seal, wrapped, key));
  again.stop();
}

TEST_CASE("transit failure: a silent or dripping server ends in a timeout") {
  const bool drips = GENERATE(false, true);
  RawPeer peer([&](RawConnection& connection) {
    if (drips) {
      connection.drip("HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n", " ");
    } else {
      connection.outlast();
    }
  });
  TransitOptions options = options_for(peer.port());
  options.timeout = milliseconds(400);
  const auto seal = transit_seal(options);
  std::string refused;
  const auto took = time_of([&] { refused = refusal(seal->wrap(some_key())); });
  CHECK(refused.contains("did not answer in time"));
  CHECK(took >= milliseconds(400));
  CHECK(took < milliseconds(5000));
}

TEST_CASE("transit failure: a 200 without a ciphertext or a key is refused") {
  const std::string key(43, 'A');
  const std::string body = GENERATE_COPY(
      as<std::string>{}, "", "<html>", "{}", "[]", "null", R"({"data":null})", R"({"data":{}})",
      R"({"data":["ciphertext","plaintext"]})", R"({"data":{"ciphertext":1,"plaintext":1}})",
      R"({"data":{"ciphertext":"","plaintext":""}})",
      R"({"data":{"ciphertext":"vault:v1","plaintext":"QUJD"}})",
      R"({"data":{"ciphertext":"vault:v1:Q\nQ","plaintext":")" + key + R"("}})",
      R"({"data":{"ciphertext":"vault:v1:\"","plaintext":")" + key + R"(=)",
      R"({"data":{"ciphertext":"QUJD","plaintext":")" + key + R"(=="}})",
      R"({"plaintext":")" + key + R"(="})",
      R"({"plaintext":")" + key + R"(=","data":{"plaintext":")" + key + R"(="}})",
      R"({"data":{"plaintext":")" + std::string(42, 'A') + R"(-="}})",
      R"({"data":{"plaintext":")" + key + R"(="}})" + "}",
      R"({"data":{"ciphertext":"vault:v1:QUJD","plaintext":")" + key + R"(="}})" +
          std::string(1, '\0') + "{}",
      "\xef\xbb\xbf"
      R"({"data":{"ciphertext":"vault:v1:QUJD","plaintext":")" +
          key + R"(="}})");
  CAPTURE(body);
  const Parrot parrot(http("200 OK", body));
  CHECK(refusal(parrot.seal->wrap(some_key())).contains("did not return a ciphertext"));
  CHECK(refusal(parrot.seal->unwrap(as_bytes(kCiphertext))).contains("did not return a key"));
}

TEST_CASE("transit failure: the key is read from any valid layout of the JSON around it") {
  const std::string key = std::string(43, 'A') + "=";
  const std::string body = GENERATE_COPY(
      as<std::string>{}, R"({"data":{"plaintext":")" + key + R"("}})",
      "{ \"data\" :\r\n\t{\"plaintext\" \n: \"" + key + "\" , \"x\":[]}, \"warnings\":null } ",
      R"({"warnings":["no \"plaintext\": here"],"data":{"plaintext":")" + key + R"("}})");
  CAPTURE(body);
  const Parrot parrot(http("200 OK", body));
  const auto opened = parrot.seal->unwrap(as_bytes(kCiphertext));
  REQUIRE(opened.has_value());
  CHECK(equal_constant_time(opened->expose(), Bytes(32, 0)));
}

TEST_CASE("transit failure: a malformed or incomplete answer is refused") {
  const std::string answer =
      GENERATE(as<std::string>{}, "", "220 mail ready\r\n", "HTTP/1.1 200 OK\r\n",
               "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{}");
  CAPTURE(answer);
  CHECK(Parrot(answer).refused().contains("is not HTTP"));
}

TEST_CASE("transit failure: a redirect is not followed") {
  TransitEngine engine;
  PlainPeer elsewhere;
  engine.serve(elsewhere.server);
  elsewhere.run();
  const std::string place = "Location: http://127.0.0.1:" + std::to_string(elsewhere.port) +
                            "/v1/transit/encrypt/cardvault\r\n";
  CHECK(Parrot(http("307 Temporary Redirect", "", place)).refused().contains("sends a redirect"));
  CHECK(elsewhere.requests == 0);
}

TEST_CASE("transit failure: an answer over 64 KiB is refused") {
  const std::string status = GENERATE(as<std::string>{}, "200 OK", "500 Internal Server Error");
  const std::string body = R"({"errors":["no"],"x":")" + std::string(65'536, 'x') + R"("})";
  CAPTURE(status);
  CHECK_FALSE(Parrot(http(status, body)).refused().empty());
  const std::string chunked = "HTTP/1.1 " + status + "\r\nTransfer-Encoding: chunked\r\n\r\n" +
                              "20000\r\n" + std::string(0x20000, 'x') + "\r\n0\r\n\r\n";
  CHECK_FALSE(Parrot(chunked).refused().empty());
}

TEST_CASE("transit failure: wrap and unwrap explain an HTTP status in the same words") {
  const auto [status, words] = GENERATE(table<std::string, std::string>({
      {"204 No Content", "cannot process the request now"},
      {"403 Forbidden", "refuses the token"},
      {"404 Not Found", "no transit engine"},
      {"400 Bad Request", "cannot use the key"},
      {"429 Too Many Requests", "cannot process the request now"},
      {"500 Internal Server Error", "cannot process the request now"},
      {"501 Not Implemented", "cannot process the request now"},
      {"503 Service Unavailable", "is sealed"},
  }));
  CAPTURE(status);
  CHECK(Parrot(http(status, status.starts_with("204") ? "" : "no JSON")).refused().contains(words));
}

TEST_CASE(
    "transit failure: a 400 that does not blame the ciphertext is key_unavailable and not "
    "corruption") {
  const Parrot parrot(http("400 Bad Request",
                           R"({"errors":["missing 'context' for key derivation; the key was )"
                           R"(created using a derived key"]})"));
  const auto opened = parrot.seal->unwrap(as_bytes(kCiphertext));
  CHECK(refusal(opened).contains("cannot use the key"));
  CHECK(opened.error().inside.text.contains("missing 'context' for key derivation"));
  CHECK(
      is_corrupt(Parrot(http("400 Bad Request", R"({"errors":["invalid ciphertext: no prefix"]})"))
                     .seal->unwrap(as_bytes(kCiphertext))));
}

TEST_CASE("transit failure: an answer that repeats the token or the key is not quoted") {
  const SecretBytes key = some_key();
  const std::string secret = TransitEngine::to_base64(key.expose());
  for (const std::string& said :
       {std::string("token hvs.t is bad"), "plaintext " + secret + " is bad"}) {
    const Parrot parrot(http("500 Internal Server Error", R"({"errors":[")" + said + "\"]}"));
    const auto seal = transit_seal(options_for(parrot.peer.port()), "hvs.t");
    const auto refused = seal->wrap(key);
    REQUIRE_FALSE(refused.has_value());
    const std::string all = refused.error().detail + refused.error().inside.text;
    CHECK_FALSE(all.contains("hvs.t"));
    CHECK_FALSE(all.contains(secret.substr(0, 8)));
  }
}

TEST_CASE("transit failure: without TLS a host that is not this machine is not called") {
  TransitOptions options = options_for(1);
  options.address = "http://localhost:1";
  const auto seal =
      TransitSeal::open(options, SecretText("hvs.t"), always({"127.0.0.1", "192.0.2.1"})).value();
  CHECK(refusal(seal->wrap(some_key())).contains("is not this machine"));
  const auto nowhere = TransitSeal::open(options, SecretText("hvs.t"), [](const std::string&) {
                         return Result<std::vector<Address>>(fail(ErrorCode::internal, "no"));
                       }).value();
  CHECK(refusal(nowhere->wrap(some_key())).contains("has no address"));
}

TEST_CASE(
    "transit failure: over TLS only a server with a certificate of the authority gets a request") {
  const Folder folder;
  const Folder other_folder;
  TransitEngine engine;
  engine.rotate("cardvault");
  const Identity identity("IP:127.0.0.1");
  TlsPeer peer(identity.setup());
  engine.serve(peer.server);
  peer.run();
  TransitOptions options = options_for(peer.port, "https");
  options.ca_file = identity.save(folder);
  const SecretBytes key = some_key();
  const Bytes wrapped = transit_seal(options)->wrap(key).value();
  CHECK(opens(*transit_seal(options), wrapped, key));
  CHECK(peer.requests == 2);

  TransitOptions wrong = options;
  wrong.ca_file = Identity("IP:127.0.0.1").save(other_folder);
  CHECK(refusal(transit_seal(wrong)->unwrap(wrapped)).contains("certificate"));
  wrong.ca_file = "";
  CHECK(refusal(transit_seal(wrong)->unwrap(wrapped)).contains("certificate"));
  wrong = options;
  wrong.address = "https://kms.test:" + std::to_string(peer.port);
  CHECK(refusal(transit_seal(wrong)->unwrap(wrapped)).contains("certificate"));
  CHECK(peer.requests == 2);

  wrong.ca_file = folder.path / "missing.pem";
  CHECK(
      refusal(TransitSeal::open(wrong, SecretText("hvs.t"), this_machine)).contains("missing.pem"));
}

TEST_CASE("transit failure: a server without TLS gets no request") {
  std::string seen;
  RawPeer peer([&](RawConnection& connection) {
    connection.send(http("200 OK", "{}"));
    seen = connection.request();
  });
  CHECK(refusal(transit_seal(options_for(peer.port(), "https"))->wrap(some_key()))
            .contains("does not use TLS"));
  CHECK(seen.empty());
}

}  // namespace
}  // namespace cardvault::test
