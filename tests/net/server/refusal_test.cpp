#include <atomic>
#include <catch2/catch_test_macros.hpp>

#include "tests/support/raw_http.h"
#include "tests/support/running_server.h"

namespace cardvault::api {
namespace {

using test::RawClient;

/// A server whose handlers count their calls, so that a test sees which requests reached them.
struct Counting {
  std::atomic<int> runs{0};
  test::RunningServer server{[this] {
    const auto count = [this](const Request& request) {
      ++runs;
      return test::text_answer(request.body());
    };
    return std::vector<Route>{{Method::get, "/things", Plane::backend, count},
                              {Method::post, "/things", Plane::backend, count},
                              {Method::del, "/things/:thing", Plane::backend, count}};
  }()};
};

constexpr std::string_view kDelete = "DELETE /things/1 HTTP/1.1\r\nHost: x\r\n\r\n";

/// Expects one answer with this status and code, then the end of the connection, and no handler
/// run.
void check_refused(std::string_view request, int status, std::string_view code) {
  Counting counting;
  RawClient client(counting.server.port());
  INFO(request.substr(0, 200));
  const auto answer = client.ask(request);
  REQUIRE(answer.has_value());
  CHECK(answer->status == status);
  CHECK(answer->has_code(code));
  CHECK(answer->field("Content-Type") == "application/problem+json");
  CHECK(answer->field("Connection") == "close");
  CHECK(answer->field("Request-Id").starts_with("req_"));
  CHECK(answer->has(answer->field("Request-Id")));
  CHECK(client.ends());
  CHECK(client.ended_cleanly());
  client.send("GET /things HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(counting.runs == 0);
}

std::string get(std::string_view fields) {
  return "GET /things HTTP/1.1\r\nHost: x\r\n" + std::string(fields) + "\r\n";
}

std::string post(std::string_view fields, std::string_view body = {}) {
  return "POST /things HTTP/1.1\r\nHost: x\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

constexpr std::string_view kJson = "Content-Type: application/json\r\n";

std::string post_json(std::string_view fields, std::string_view body = {}) {
  return post(std::string(kJson) + std::string(fields), body);
}

TEST_CASE("refused: a request inside a refused body is not executed") {
  const std::string hidden = "Content-Length: " + std::to_string(kDelete.size()) + "\r\n";
  check_refused(post(hidden, kDelete), 415, "unsupported_media_type");
  check_refused(get(hidden) + std::string(kDelete), 400, "bad_http");
  check_refused("POST /nowhere HTTP/1.1\r\nHost: x\r\n" + hidden + "\r\n" + std::string(kDelete),
                404, "route_not_found");
  check_refused("PUT /things HTTP/1.1\r\nHost: x\r\n" + hidden + "\r\n" + std::string(kDelete), 405,
                "method_not_allowed");
  check_refused(post_json("", kDelete), 411, "length_required");
}

TEST_CASE("refused: a message whose end two parsers could read differently is refused") {
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  const std::string body = "0\r\n\r\n" + std::string(kDelete);
  check_refused(post_json(chunked, body), 400, "transfer_encoding_refused");
  check_refused(post_json("Content-Length: 5\r\n" + chunked, body), 400,
                "transfer_encoding_refused");
  check_refused(post_json("Content-Length: 0\r\n" + chunked, body), 400,
                "transfer_encoding_refused");
  check_refused(get(chunked) + body, 400, "transfer_encoding_refused");
  check_refused(post_json("Content-Length: 5\r\nContent-Length: 5\r\n", body), 400, "bad_http");
  check_refused(post_json("Content-Length: 5\r\nContent-Length: 6\r\n", body), 400, "bad_http");
  for (const std::string length : {"+5", "-5", "0x5", "5, 5", "5 5", "", "18446744073709551621"}) {
    check_refused(post_json("Content-Length: " + length + "\r\n", body), 400, "bad_http");
  }
  check_refused(post_json("Content-Length: 5 \r\n Transfer-Encoding: chunked\r\n", body), 400,
                "bad_http");
  check_refused(post_json("Transfer-Encoding : chunked\r\n", body), 400, "bad_http");
  check_refused(post_json("Content-Encoding: gzip\r\nContent-Length: 5\r\n", body), 400,
                "transfer_encoding_refused");
}

TEST_CASE("refused: a body over 64 KiB is refused by its announced length") {
  const std::string body(65537, ' ');
  check_refused(post_json("Content-Length: 65537\r\n", body), 413, "body_too_large");
  check_refused(post_json("Content-Length: 99999999999\r\n"), 413, "body_too_large");
}

TEST_CASE("refused: a refused request gets no 100 Continue") {
  check_refused(post_json("Content-Length: 65537\r\nExpect: 100-continue\r\n"), 413,
                "body_too_large");
  check_refused(post("Content-Length: 5\r\nExpect: 100-continue\r\n"), 415,
                "unsupported_media_type");
}

TEST_CASE("refused: a request with ten thousand header fields is refused") {
  std::string fields;
  for (int i = 0; i < 10'000; ++i) fields += "X-" + std::to_string(i) + ": a\r\n";
  check_refused(get(fields), 431, "headers_too_large");
}

TEST_CASE("refused: 100 header fields pass and 101 are refused") {
  std::string fields;
  for (int i = 0; i < 99; ++i) fields += "X-" + std::to_string(i) + ": a\r\n";
  Counting counting;
  CHECK(RawClient(counting.server.port()).ask(get(fields))->status == 200);
  check_refused(get(fields + "X: a\r\n"), 431, "headers_too_large");
}

TEST_CASE("refused: a head over 64 KiB and an endless header field are refused") {
  std::string fields;
  for (int i = 0; i < 12; ++i) fields += "X: " + std::string(8000, 'x') + "\r\n";
  check_refused(get(fields), 431, "headers_too_large");
  check_refused("GET /things HTTP/1.1\r\nX: " + std::string(100'000, 'x'), 431,
                "headers_too_large");
}

TEST_CASE("refused: an endless request line closes the connection") {
  Counting counting;
  RawClient client(counting.server.port());
  client.send("GET /" + std::string(200'000, 'x'));
  CHECK(client.ends());
}

TEST_CASE("refused: a percent-encoded control character in a header value is refused") {
  for (const std::string value : {"a%0D%0AX-B: b", "a%00", "%7f", "%u000A"}) {
    check_refused(get("Device-Id: " + value + "\r\n"), 400, "bad_http");
  }
}

TEST_CASE("refused: a body with another content type than JSON is refused") {
  for (const std::string type : {"text/plain", "application/x-www-form-urlencoded",
                                 "multipart/form-data; boundary=x", "application/jsonp"}) {
    check_refused(post("Content-Length: 2\r\nContent-Type: " + type + "\r\n", "{}"), 415,
                  "unsupported_media_type");
  }
}

TEST_CASE("refused: a protocol upgrade is refused") {
  check_refused(get("Upgrade: h2c\r\nConnection: Upgrade\r\n"), 400, "bad_http");
  check_refused(get("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
                400, "bad_http");
}

TEST_CASE("refused: a path that differs after decoding or normalization has no route") {
  Counting counting;
  RawClient client(counting.server.port());
  for (const std::string path :
       {"/%74hings", "/things%00", "/things/", "//things", "/x/../things", "http://x/%74hings",
        "http://u@x/things", "http:///things", "http://x", "ftp://x/things", "*"}) {
    INFO(path);
    const auto answer = client.ask("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    REQUIRE(answer.has_value());
    CHECK(answer->status == 404);
    CHECK(answer->has_code("route_not_found"));
  }
  CHECK(client.ask("DELETE /things/a%2Fb HTTP/1.1\r\nHost: x\r\n\r\n")->status == 404);
  CHECK(counting.runs == 0);
}

TEST_CASE("refused: a header field or a target over 8 KiB is refused") {
  check_refused(get("A: " + std::string(8192, 'x') + "\r\n"), 431, "headers_too_large");
  check_refused("GET /" + std::string(8192, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n", 414,
                "uri_too_long");
}

TEST_CASE("refused: malformed HTTP is refused") {
  check_refused("\x16\x03\x01\x02 TLS on a plain port\r\n", 400, "bad_http");
  check_refused("GET /things HTTP/1.1\nHost: x\n\n\r\n", 400, "bad_http");
  check_refused("GET /things HTTP/3.0\r\nHost: x\r\n\r\n", 400, "bad_http");
  check_refused("GET /things HTTP/1.1\r\n\r\n", 400, "bad_http");
  check_refused("GET /things HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400, "bad_http");
  check_refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "bad_http");
  check_refused(get(std::string_view("A: b\0c\r\n", 8)), 400, "bad_http");
  check_refused(get("A: b\r\n folded\r\n"), 400, "bad_http");
  check_refused(get("A: b\nC: d\r\n"), 400, "bad_http");
  check_refused(get("A : b\r\n"), 400, "bad_http");
  check_refused(get("no colon\r\n"), 400, "bad_http");
  check_refused(get("Range: nonsense\r\n"), 400, "bad_http");
  check_refused("GET /things/\x01 HTTP/1.1\r\nHost: x\r\n\r\n", 400, "bad_http");
}

TEST_CASE(
    "refused: a second Authorization, Device-Id, Idempotency-Key, Content-Type or Origin is "
    "refused") {
  for (const std::string name :
       {"Authorization", "Device-Id", "Idempotency-Key", "Content-Type", "Origin"}) {
    check_refused(get(name + ": a\r\n" + name + ": a\r\n"), 400, "bad_http");
  }
}

TEST_CASE("refused without a body: the connection stays open") {
  Counting counting;
  RawClient client(counting.server.port());
  const auto missing = client.ask("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
  REQUIRE(missing.has_value());
  CHECK(missing->status == 404);
  CHECK(missing->has_code("route_not_found"));
  CHECK(missing->field("Connection").empty());
  CHECK(client.ask(get(""))->status == 200);
}

TEST_CASE("refused: a method that a path does not have gets 405 with the allowed methods") {
  Counting counting;
  RawClient client(counting.server.port());
  for (const std::string method : {"OPTIONS", "DELETE", "TRACE"}) {
    INFO(method);
    client.send(method + " /things HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto answer = client.receive();
    REQUIRE(answer.has_value());
    CHECK(answer->status == 405);
    CHECK(answer->has_code("method_not_allowed"));
    CHECK(answer->field("Allow") == "GET, HEAD, POST");
  }
  client.send("HEAD /things/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  client.ends();
  CHECK(client.unread().starts_with("HTTP/1.1 405 "));
  CHECK(client.unread().ends_with("\r\n\r\n"));
  CHECK(counting.runs == 0);
  check_refused("BREW /things HTTP/1.1\r\nHost: x\r\n\r\n", 400, "bad_http");
}

TEST_CASE("refused: a large body in flight does not destroy the answer") {
  Counting counting;
  RawClient client(counting.server.port());
  client.send(post_json("Content-Length: 1000000\r\n", std::string(300'000, 'x')));
  const auto answer = client.receive();
  REQUIRE(answer.has_value());
  CHECK(answer->status == 413);
  CHECK(client.ends());
  CHECK(client.ended_cleanly());
}

}  // namespace
}  // namespace cardvault::api
