#include "tests/support/http_peers.h"

#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace cardvault::test {
namespace {

sockaddr_in loopback(std::uint16_t port = 0) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

std::pair<int, std::uint16_t> bind_loopback() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback();
  void* const raw = &address;
  socklen_t size = sizeof address;
  if (::bind(fd, static_cast<sockaddr*>(raw), size) != 0 ||
      ::getsockname(fd, static_cast<sockaddr*>(raw), &size) != 0) {
    throw std::runtime_error("no free port");
  }
  return {fd, ntohs(address.sin_port)};
}

}  // namespace

Result<std::vector<Address>> this_machine(const std::string&) {
  return std::vector{Address::parse("127.0.0.1").value()};
}

Resolver always(std::vector<std::string> addresses) {
  return [addresses](const std::string&) -> Result<std::vector<Address>> {
    std::vector<Address> parsed;
    for (const auto& text : addresses) parsed.push_back(Address::parse(text).value());
    return parsed;
  };
}

std::string RawConnection::request() {
  std::size_t whole = std::string::npos;
  while (true) {
    const auto head = unread_.find("\r\n\r\n");
    if (head != std::string::npos) {
      const auto at = unread_.find("Content-Length: ");
      whole = head + 4 + (at < head ? std::stoul(unread_.substr(at + 16)) : 0);
    }
    if (unread_.size() >= whole && whole != std::string::npos) break;
    std::array<char, 4096> bytes;
    const auto count = ::recv(fd_, bytes.data(), bytes.size(), 0);
    if (count <= 0) return {};
    unread_.append(bytes.data(), static_cast<std::size_t>(count));
  }
  std::string request = unread_.substr(0, whole);
  unread_.erase(0, whole);
  return request;
}

bool RawConnection::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void RawConnection::drip(std::string_view head, std::string_view endless) const {
  bool taken = send(head);
  for (std::size_t i = 0; taken; i = (i + 1) % endless.size()) {
    taken = send(endless.substr(i, 1));
    pollfd watched{.fd = fd_, .events = 0, .revents = 0};
    if (::poll(&watched, 1, 20) > 0) return;
  }
}

void RawConnection::outlast() {
  std::array<char, 4096> bytes;
  while (::recv(fd_, bytes.data(), bytes.size(), 0) > 0) {
  }
}

RawPeer::RawPeer(std::function<void(RawConnection&)> script) : script_(std::move(script)) {
  std::tie(listener_, port_) = bind_loopback();
  ::listen(listener_, 64);
  acceptor_ = std::thread([this] { accept_all(); });
}

RawPeer::~RawPeer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  {
    const std::lock_guard lock(mutex_);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
}

void RawPeer::accept_all() {
  while (true) {
    const int fd = ::accept(listener_, nullptr, nullptr);
    if (fd < 0) return;
    const int number = ++connections_;
    {
      const std::lock_guard lock(mutex_);
      open_.push_back(fd);
    }
    threads_.emplace_back([this, fd, number] {
      RawConnection connection(fd, number);
      script_(connection);
      const std::lock_guard lock(mutex_);
      std::erase(open_, fd);
      ::close(fd);
    });
  }
}

std::uint16_t free_port() {
  const auto [fd, port] = bind_loopback();
  ::close(fd);
  return port;
}

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "cardvault-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder");
  path = name;
}

httplib::tls::ContextSetupCallback Identity::setup() const {
  return [certificate = certificate_](httplib::tls::ctx_t context) {
    auto* const ssl = static_cast<SSL_CTX*>(context);
    return ::SSL_CTX_use_certificate(ssl, certificate.certificate()) == 1 &&
           ::SSL_CTX_use_PrivateKey(ssl, certificate.key()) == 1;
  };
}

std::string Identity::save(const Folder& folder) const {
  const auto path = folder.path / "authority.pem";
  certificate_.save_certificate(path);
  return path;
}

}  // namespace cardvault::test
