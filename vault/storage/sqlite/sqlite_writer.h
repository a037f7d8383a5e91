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

/// Changes that may wait for the writer; the next one is refused. At a thousand waiting threads the
/// disk is the bottleneck and a queue would only add delay.
inline constexpr std::size_t kMaxWaitingChanges = 1024;

/// Checkpoint once the log has this many pages (4 MiB), as SQLite itself would.
inline constexpr int kCheckpointPages = 1000;
/// When readers kept that from finishing: wait for them and cut the log (16 MiB). Only changes
/// wait meanwhile, reads go on.
inline constexpr int kTruncatePages = 4000;

/// Group commit: one thread owns the writing connection, takes all changes that wait, runs each in
/// a savepoint of one transaction, and answers them after one COMMIT, which is one sync of the log.
/// While it syncs the next group gathers. Between groups it checkpoints the log. Somebody who reads
/// for long keeps the log from being cut: it is then waited for each time the log has doubled.
///
/// Before and after each group, and every second, it checks that the database's files are where
/// they were opened (see DatabaseFiles). A change that was committed into a lost file is not
/// acknowledged. After a failed commit it writes a few bytes every second until that works again.
class GroupWriter {
 public:
  /// Runs on the writer's thread. True keeps what it changed; false or an error undoes it, and
  /// nothing but it.
  using Change = std::function<Result<bool>(const Changes&)>;

  /// `files` outlives the writer.
  [[nodiscard]] static Result<std::unique_ptr<GroupWriter>> start(Connection connection,
                                                                  DatabaseFiles& files);
  /// Finishes the changes that wait. No other call may run or begin.
  ~GroupWriter();
  GroupWriter(const GroupWriter&) = delete;
  GroupWriter& operator=(const GroupWriter&) = delete;

  /// Returns when the change is durable or did not happen. The error is the change's own, or
  /// store_unavailable when the queue is full or the transaction could not be committed, or
  /// record_corrupt when the change met a damaged page.
  [[nodiscard]] Status submit(const Change& change);
  /// All of them into one group, each as submit() would, at most kMaxWaitingChanges. The first
  /// error; each of the others may be done.
  [[nodiscard]] Status submit_all(std::span<const Change> changes);

  /// The last write's failure, unless it was damage or the change's own.
  [[nodiscard]] Status last_write();

  /// compact_database() between two groups; changes wait meanwhile.
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
  /// While it lives no group is under way; the first waits for that.
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
  /// False when the queue has no place for them.
  [[nodiscard]] bool run(const Batch& batch);
  void work();
  /// Empty when it is time to look around; nullopt at the end.
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
  bool wrote_ = false;  ///< the last transaction put something into the log
  int next_checkpoint_ = kCheckpointPages;

  std::mutex mutex_;
  std::condition_variable work_arrived_;
  std::condition_variable turn_ended_;  ///< of a group, or of a pause
  Batch waiting_;
  Status last_write_;
  bool working_ = false;
  bool paused_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace cardvault
