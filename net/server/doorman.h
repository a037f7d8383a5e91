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
/// however many others say nothing; one thread waits for all of them.
class Doorman {
 public:
  /// Answers the request whose head has arrived; true when more of it may follow.
  using Answer = std::function<bool(int socket)>;

  /// Beyond this many the one that has waited longest is closed.
  static constexpr std::size_t kMost = 256;

  /// A connection is closed after `patience` without a whole head, and again after `patience` when
  /// it goes on sending after its answer. Starts no thread before the first connection.
  Doorman(Answer answer, std::chrono::milliseconds patience);
  ~Doorman();
  Doorman(const Doorman&) = delete;
  Doorman& operator=(const Doorman&) = delete;

  /// Takes a connected socket over and closes it in the end. From any thread.
  void take(int socket);
  /// Closes all connections and takes no more: those given from here on are closed at once.
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
  std::vector<int> arrived_;  ///< guarded by mutex_, as the three below
  bool started_ = false;
  bool stopping_ = false;
  int wake_ = -1;

  int events_ = -1;
  Guests guests_;  ///< of the thread, the one that ends first in front
  std::unordered_map<int, Guests::iterator> by_socket_;
  std::thread thread_;
};

}  // namespace cardvault
