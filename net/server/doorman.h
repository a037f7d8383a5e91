#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

namespace cardvault {

/// Connections over the limit. Each gets its answer as soon as the head of its request has arrived,
/// even if many others are silent. One thread waits for all of them.
class Doorman {
 public:
  /// Answers a request whose head has arrived. True if more of the request may follow.
  using Answer = std::function<bool(int socket)>;

  /// Limit of connections. If one more comes, the connection whose patience ends first is closed.
  static constexpr std::size_t kMost = 256;

  /// A connection is closed if its head is not whole after `patience`, or if it still sends
  /// `patience` after its answer. The first connection starts the thread.
  Doorman(Answer answer, std::chrono::milliseconds patience);
  ~Doorman();
  Doorman(const Doorman&) = delete;
  Doorman& operator=(const Doorman&) = delete;

  /// Takes ownership of a connected socket and closes it in the end. Safe from any thread.
  void take(int socket);
  /// Closes all connections. Connections that come later are closed at once.
  void stop();

 private:
  using Clock = std::chrono::steady_clock;

  struct Guest {
    int socket;
    Clock::time_point until;
    bool answered = false;
  };
  using Guests = std::list<Guest>;

  [[nodiscard]] bool start();
  void work();
  void admit_arrived();
  void look_at(int socket);
  void answer(Guests::iterator guest);
  void leave(Guests::iterator guest);
  [[nodiscard]] int milliseconds_left() const;

  const Answer answer_;
  const std::chrono::milliseconds patience_;

  std::mutex mutex_;
  std::vector<int> arrived_;  ///< mutex_ guards it and the next three
  bool started_ = false;
  bool stopping_ = false;
  int wake_ = -1;

  int events_ = -1;
  Guests guests_;  ///< only for the thread; sorted by `until`
  std::unordered_map<int, Guests::iterator> by_socket_;
  std::thread thread_;
};

}  // namespace cardvault
