#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "vault/storage/sqlite/sqlite_changes.h"
#include "vault/storage/sqlite/sqlite_connection.h"
#include "vault/storage/sqlite/sqlite_files.h"

namespace cardvault {

/// Maximum number of changes that wait for the writer; the next one is refused. With a thousand
/// waiting threads the disk is the bottleneck, and a longer queue would only add delay.
inline constexpr std::size_t kMaxWaitingChanges = 1024;

/// Checkpoint when the log has this many pages (4 MiB), as SQLite itself would.
inline constexpr int kCheckpointPages = 1000;
/// If readers kept the checkpoint from finishing, wait for them at this size and cut the log (16
/// MiB). Only changes wait meanwhile; reads continue.
inline constexpr int kTruncatePages = 4000;

/// Group commit. One thread owns the writing connection. It takes all waiting changes, runs each in
/// a savepoint of one transaction, and answers them after one COMMIT, which is one sync of the log.
/// During the sync the next group gathers. Between groups it checkpoints the log. A long read keeps
/// the log from being cut; the writer then waits for it each time the log has doubled.
///
/// Before and after each group, and every second, it checks that the database's files are in their
/// place (see DatabaseFiles). A change that was committed into a lost file is not acknowledged.
/// After a failed commit it writes a few bytes every second until a write works again.
class GroupWriter {
 public:
  /// Runs on the writer's thread. If it returns true, its changes are kept. If it returns false or
  /// an error, only its own changes are undone.
  using Change = std::function<Result<bool>(const Changes&)>;

  /// `files` must outlive the writer.
  [[nodiscard]] static Result<std::unique_ptr<GroupWriter>> start(Connection connection,
                                                                  DatabaseFiles& files);
  /// Finishes the waiting changes. No other call may run or begin.
  ~GroupWriter();
  GroupWriter(const GroupWriter&) = delete;
  GroupWriter& operator=(const GroupWriter&) = delete;

  /// Returns when the change is durable or did not happen. The error is the change's own. Or it is
  /// store_unavailable if the queue is full or the transaction could not be committed, or
  /// record_corrupt if the change met a damaged page.
  [[nodiscard]] Status submit(const Change& change);
  /// Submits all changes into one group, each as submit() does, at most kMaxWaitingChanges. Returns
  /// the first error; any of the other changes may be done.
  [[nodiscard]] Status submit_all(std::span<const Change> changes);

  /// Returns the failure of the last write, except damage and a change's own error.
  [[nodiscard]] Status last_write();

  /// Runs compact_database() between two groups. Changes wait meanwhile.
  [[nodiscard]] Status compact(const std::filesystem::path& scratch);

 private:
  struct Request {
    const Change* change;
    Status answer{};
    bool answered = false;
    std::condition_variable wake{};
  };
  using Batch = std::vector<Request*>;

  GroupWriter(std::unique_ptr<Connection> connection, Changes changes, DatabaseFiles& files);
  /// While it lives, no group runs. The constructor waits for the running group.
  class Pause {
   public:
    explicit Pause(GroupWriter& writer) : writer_(writer) { writer_.pause(); }
    ~Pause() { writer_.resume(); }
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    GroupWriter& writer_;
  };

  void pause();
  void resume();
  /// Returns false if the queue has no room for the batch.
  [[nodiscard]] bool run(const Batch& batch);
  void work();
  /// Returns an empty batch if it is time to look around, and nullopt at the end.
  [[nodiscard]] std::optional<Batch> take_waiting();
  void look_around();
  void remember(const Status& written);
  void answer(const Batch& batch);
  void commit_together(const Batch& batch);
  [[nodiscard]] Status commit_group(const Batch& batch);
  [[nodiscard]] Status run_all(const Batch& batch);
  [[nodiscard]] Status run_one(Request& request);
  void checkpoint();
  static int count_log_pages(void* self, sqlite3*, const char*, int pages);

  std::unique_ptr<Connection> connection_;
  Changes changes_;
  DatabaseFiles& files_;
  int log_pages_ = 0;
  bool wrote_ = false;  ///< the last transaction wrote to the log
  int next_checkpoint_ = kCheckpointPages;

  std::mutex mutex_;
  std::condition_variable work_arrived_;
  std::condition_variable turn_ended_;  ///< signals the end of a group or of a pause
  Batch waiting_;
  Status last_write_;
  bool working_ = false;
  bool paused_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace cardvault
