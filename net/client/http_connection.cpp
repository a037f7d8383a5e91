#include "net/client/http_connection.h"

#include <algorithm>
#include <exception>

#include "crypto/secret.h"

namespace cardvault {
namespace {

constexpr std::size_t kMaxBody = 65'536;

/// What of an answer was taken in.
struct Answer {
  int status = 0;  ///< 0 until the head is complete
  bool whole = false;
  bool too_large = false;
  std::string body;
  std::string retry_after;

  [[nodiscard]] bool is_success() const { return status >= 200 && status < 300; }
};

NetFailure failure_of(const Answer& answer, NetFailure of_stream) {
  if (answer.status >= 300 && answer.status < 400) return NetFailure::redirected;
  if (answer.status != 0 && !answer.is_success()) return NetFailure::http_status;
  if (answer.too_large) return NetFailure::response_too_large;
  if (of_stream != NetFailure::none) return of_stream;
  return answer.whole ? NetFailure::none : NetFailure::connection_lost;
}

bool asks_to_close(const httplib::Headers& headers) {
  const auto [first, last] = headers.equal_range("Connection");
  return std::any_of(first, last, [](const auto& field) {
    return httplib::detail::case_ignore::to_lower(field.second).contains("close");
  });
}

bool wants_body(const Answer& answer, BodyOf wanted) {
  if (answer.too_large || (answer.status >= 300 && answer.status < 400)) return false;
  return wanted == BodyOf::any_but_3xx || answer.is_success();
}

/// Of the statuses that say "not now" (RFC 6585 section 4, RFC 9110 section 15.6.4).
std::string retry_after_of(const httplib::Response& head) {
  if (head.status != 429 && head.status != 503) return {};
  return head.get_header_value("Retry-After");
}

void wipe_request(httplib::Request& request) {
  for (auto& field : request.headers) wipe(field.second);
  wipe(request.body);
}

/// True when the end of the body is known without the end of the connection, in one way only.
bool is_framed(const httplib::Response& head) {
  if (head.status == 204) return true;
  return head.has_header("Content-Length") != head.has_header("Transfer-Encoding");
}

}  // namespace

NetResult<std::unique_ptr<HttpConnection>> HttpConnection::open(
    const Endpoint& endpoint, const std::vector<Address>& addresses,
    std::chrono::milliseconds patience, CallDeadline deadline) {
  auto failure = NetFailure::connect_failed;
  for (const Address& address : addresses) {
    const CallDeadline end = std::min(deadline, std::chrono::steady_clock::now() + patience);
    auto socket = TcpSocket::connect(address, endpoint.port, end);
    if (!socket) {
      failure = socket.error();
      continue;
    }
    const TlsContext* const trust = endpoint.trust;
    TRY_VALUE(auto session,
              trust != nullptr ? trust->handshake(*socket, endpoint.host, end) : TlsSession());
    return std::make_unique<HttpConnection>(address, *std::move(socket), std::move(session));
  }
  return std::unexpected(failure);
}

HttpConnection::HttpConnection(const Address& address, TcpSocket socket, TlsSession session)
    : ClientImpl(address.text()),
      address_(address),
      stream_(std::move(socket), std::move(session)) {
  set_path_encode(false);
  set_decompress(false);
}

HttpReply HttpConnection::post(const std::string& target, const httplib::Headers& headers,
                               const std::string& body, CallDeadline deadline, BodyOf wanted) {
  Answer answer;
  httplib::Request request;
  request.method = "POST";
  request.path = target;
  request.headers = headers;
  request.body = body;
  request.response_handler = [&](const httplib::Response& head) {
    stream_.end_head();
    answer.status = head.status;
    answer.retry_after = retry_after_of(head);
    const auto declared = head.get_header_value_u64("Content-Length", kMaxBody);
    answer.too_large = declared > kMaxBody;
    if (!wants_body(answer, wanted)) return false;
    answer.body.reserve(declared);  // at once: what grows leaves copies behind
    return true;
  };
  request.content_receiver = [&](const char* bytes, std::size_t size, std::size_t, std::size_t) {
    answer.too_large = size > kMaxBody - answer.body.size();
    if (!answer.too_large) answer.body.append(bytes, size);
    return !answer.too_large;
  };
  httplib::Response response;
  auto ignored = httplib::Error::Success;
  stream_.begin(deadline);
  try {
    answer.whole = process_request(stream_, request, response, false, ignored);
  } catch (const std::exception&) {
    answer.whole = false;
  }
  wipe_request(request);
  if (answer.whole) answer.status = response.status;

  HttpReply reply{.failure = failure_of(answer, stream_.failure()),
                  .status = static_cast<std::uint16_t>(answer.status),
                  .body = {},
                  .retry_after = std::move(answer.retry_after)};
  if (answer.whole) reply.body = std::move(answer.body);
  wipe(answer.body);
  reusable_ = reply.failure == NetFailure::none && response.version == "HTTP/1.1" &&
              is_framed(response) && !asks_to_close(response.headers);
  return reply;
}

}  // namespace cardvault
