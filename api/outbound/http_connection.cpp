#include "api/outbound/http_connection.h"

#include <algorithm>
#include <exception>

namespace cardvault::api {
namespace {

constexpr std::size_t kMaxBody = 65'536;

/// What of an answer was taken in.
struct Answer {
  int status = 0;  ///< 0 until the head is complete
  bool whole = false;
  bool too_large = false;
  std::string body;

  [[nodiscard]] bool is_success() const { return status >= 200 && status < 300; }
};

CloseFailure failure_of(const Answer& answer, CloseFailure of_stream) {
  if (answer.status >= 300 && answer.status < 400) return CloseFailure::redirected;
  if (answer.status != 0 && !answer.is_success()) return CloseFailure::http_status;
  if (answer.too_large) return CloseFailure::response_too_large;
  if (of_stream != CloseFailure::none) return of_stream;
  return answer.whole ? CloseFailure::none : CloseFailure::connection_lost;
}

bool asks_to_close(const httplib::Headers& headers) {
  const auto [first, last] = headers.equal_range("Connection");
  return std::any_of(first, last, [](const auto& field) {
    return httplib::detail::case_ignore::to_lower(field.second).contains("close");
  });
}

/// True when the end of the body is known without the end of the connection, in one way only.
bool is_framed(const httplib::Response& head) {
  if (head.status == 204) return true;
  return head.has_header("Content-Length") != head.has_header("Transfer-Encoding");
}

}  // namespace

HttpConnection::HttpConnection(const Address& address, TcpSocket socket, TlsSession session)
    : ClientImpl(address.text()),
      address_(address),
      stream_(std::move(socket), std::move(session)) {
  set_path_encode(false);
  set_decompress(false);
}

CloseReply HttpConnection::post(const std::string& target, const httplib::Headers& headers,
                                const std::string& body, Deadline deadline) {
  Answer answer;
  httplib::Request request;
  request.method = "POST";
  request.path = target;
  request.headers = headers;
  request.body = body;
  request.response_handler = [&](const httplib::Response& head) {
    stream_.end_head();
    answer.status = head.status;
    answer.too_large = head.get_header_value_u64("Content-Length") > kMaxBody;
    return answer.is_success() && !answer.too_large;
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
  if (answer.whole) answer.status = response.status;

  CloseReply reply{.failure = failure_of(answer, stream_.failure()),
                   .status = static_cast<std::uint16_t>(answer.status)};
  if (reply.failure == CloseFailure::none) reply.acknowledgement = sha256(as_bytes(answer.body));
  reusable_ = reply.failure == CloseFailure::none && response.version == "HTTP/1.1" &&
              is_framed(response) && !asks_to_close(response.headers);
  return reply;
}

}  // namespace cardvault::api
