#include "vault/storage/sqlite/sqlite_writer.h"

#include <chrono>
#include <deque>
#include <utility>

#include "base/log.h"
#include "vault/storage/sqlite/sqlite_schema.h"
#include "vault/storage/sqlite/sqlite_snapshot.h"

namespace cardvault {
namespace {

/// With this interval, the loss after an operator's rm is detected before anyone looks.
constexpr std::chrono::seconds kBetweenLooks{1};

/// Rewrites the first page unchanged: the smallest commit that reaches the disk.
constexpr const char* kProbe = "PRAGMA user_version = ";

Error queue_full() {
  auto error =
      make_error(ErrorCode::store_unavailable, "The store is not available now. Try again.",
                 OperatorText{"too many changes are waiting for the disk"});
  error.retry_after = std::chrono::seconds{1};
  return error;
}

bool is_damage(const Error& error) {
  return error.code == ErrorCode::record_corrupt;
}

Error not_committed(const Error& cause) {
  if (is_damage(cause)) return cause;
  auto error = queue_full();
  error.inside = cause.inside;
  return error;
}

}  // namespace

Result<std::unique_ptr<GroupWriter>> GroupWriter::start(Connection connection,
                                                        DatabaseFiles& files) {
  auto owned = std::make_unique<Connection>(std::move(connection));
  TRY_VALUE(auto changes, Changes::prepare(*owned));
  return std::unique_ptr<GroupWriter>(new GroupWriter(std::move(owned), std::move(changes), files));
}

GroupWriter::GroupWriter(std::unique_ptr<Connection> connection, Changes changes,
                         DatabaseFiles& files)
    : connection_(std::move(connection)), changes_(std::move(changes)), files_(files) {
  sqlite3_wal_hook(connection_->get(), &GroupWriter::count_log_pages, this);
  thread_ = std::thread([this] { work(); });
}

GroupWriter::~GroupWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_arrived_.notify_one();
  thread_.join();
}

Status GroupWriter::submit(const Change& change) {
  Request request{.change = &change};
  if (!run({&request})) return fail(queue_full());
  return std::move(request.answer);
}

Status GroupWriter::submit_all(std::span<const Change> changes) {
  std::deque<Request> requests;
  Batch batch;
  for (const Change& change : changes) batch.push_back(&requests.emplace_back(&change));
  if (!run(batch)) return fail(queue_full());
  for (Request& request : requests) {
    if (!request.answer) return std::move(request.answer);
  }
  return {};
}

bool GroupWriter::run(const Batch& batch) {
  std::unique_lock lock(mutex_);
  if (waiting_.size() + batch.size() > kMaxWaitingChanges) return false;
  const bool is_idle = waiting_.empty();
  waiting_.insert(waiting_.end(), batch.begin(), batch.end());
  if (is_idle) work_arrived_.notify_one();
  for (Request* request : batch) request->wake.wait(lock, [&] { return request->answered; });
  return true;
}

Status GroupWriter::compact(const std::filesystem::path& scratch) {
  const Pause pause(*this);
  TRY(files_.check_sizes());
  Status done = compact_database(*connection_, scratch);
  if (done) log_pages_ = 0;
  (void)files_.keep_sizes();
  return done;
}

Status GroupWriter::last_write() {
  const std::lock_guard lock(mutex_);
  return last_write_;
}

void GroupWriter::pause() {
  std::unique_lock lock(mutex_);
  turn_ended_.wait(lock, [&] { return !paused_; });
  paused_ = true;
  turn_ended_.wait(lock, [&] { return !working_; });
}

void GroupWriter::resume() {
  {
    const std::lock_guard lock(mutex_);
    paused_ = false;
  }
  turn_ended_.notify_all();
  work_arrived_.notify_one();
}

void GroupWriter::work() {
  while (const auto batch = take_waiting()) {
    if (batch->empty()) {
      look_around();
      continue;
    }
    commit_together(*batch);
    answer(*batch);
    if (log_pages_ >= next_checkpoint_) checkpoint();
  }
}

std::optional<GroupWriter::Batch> GroupWriter::take_waiting() {
  std::unique_lock lock(mutex_);
  working_ = false;
  turn_ended_.notify_all();
  const auto has_work = [&] { return !paused_ && (stopping_ || !waiting_.empty()); };
  while (!work_arrived_.wait_for(lock, kBetweenLooks, has_work) && paused_) continue;
  if (stopping_ && waiting_.empty()) return std::nullopt;
  working_ = true;
  return std::exchange(waiting_, {});
}

void GroupWriter::look_around() {
  Status written = files_.check_sizes();
  if (written && last_write()) return;
  if (written) {
    const std::string probe = kProbe + std::to_string(newest_schema_version());
    written = connection_->execute(probe.c_str());
  }
  (void)files_.keep_sizes();
  remember(written);
}

void GroupWriter::remember(const Status& written) {
  if (!written && is_damage(written.error())) return;
  const std::lock_guard lock(mutex_);
  if (written && !last_write_) log::write(log::Level::info, "store_writes_again");
  last_write_ = written;
}

void GroupWriter::answer(const Batch& batch) {
  const std::lock_guard lock(mutex_);
  for (Request* request : batch) {
    request->answered = true;
    request->wake.notify_one();
  }
}

void GroupWriter::commit_together(const Batch& batch) {
  wrote_ = false;
  const auto done = commit_group(batch);
  if (done && !wrote_) {
    // A group that changed nothing does not show whether the disk works.
    if (!last_write()) look_around();
    return;
  }
  remember(done);
  if (done) return;
  // SQLite writes no more in a transaction that met damage. So repeat each change in its own
  // transaction.
  if (is_damage(done.error()) && batch.size() > 1) {
    for (Request* request : batch) commit_together({request});
    return;
  }
  log::write(log::Level::error, "store_commit_failed",
             {{"cause", std::string_view(done.error().inside.text)},
              {"changes", static_cast<std::int64_t>(batch.size())}});
  for (Request* request : batch) request->answer = fail(not_committed(done.error()));
}

Status GroupWriter::commit_group(const Batch& batch) {
  TRY(files_.check_sizes());
  const Status done = run_all(batch);
  if (!done) {
    if (connection_->in_transaction()) (void)connection_->execute("ROLLBACK");
    // A result that looks like damage may come from a file that was cut short.
    const auto there = files_.check_sizes();
    return there ? done : there;
  }
  // The commit may have gone into a file that no path leads to any more.
  return files_.keep_sizes();
}

Status GroupWriter::run_all(const Batch& batch) {
  TRY(connection_->execute("BEGIN IMMEDIATE"));
  for (Request* request : batch) {
    TRY(run_one(*request));
  }
  return connection_->execute("COMMIT");
}

Status GroupWriter::run_one(Request& request) {
  TRY(connection_->execute("SAVEPOINT change"));
  const auto keep = (*request.change)(changes_);
  request.answer = keep ? Status{} : fail(keep.error());
  if (!keep && (is_damage(keep.error()) || !connection_->in_transaction())) return request.answer;
  const bool undo = !keep || !*keep;
  return connection_->execute(undo ? "ROLLBACK TO change; RELEASE change" : "RELEASE change");
}

void GroupWriter::checkpoint() {
  const int mode =
      log_pages_ >= kTruncatePages ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
  int in_log = 0;
  int copied = 0;
  if (!files_.check_sizes()) return;
  const int code = sqlite3_wal_checkpoint_v2(connection_->get(), nullptr, mode, &in_log, &copied);
  (void)files_.keep_sizes();
  const bool complete = code == SQLITE_OK && in_log == copied;
  const int later = code == SQLITE_BUSY ? 2 * log_pages_ : log_pages_ + kCheckpointPages;
  next_checkpoint_ = complete ? kCheckpointPages : later;
  if (complete) log_pages_ = 0;
  if (code == SQLITE_OK || code == SQLITE_BUSY) return;
  const auto error = sqlite_error(code, connection_->get());
  log::write(log::Level::warning, "store_checkpoint_failed",
             {{"cause", std::string_view(error.inside.text)}});
}

int GroupWriter::count_log_pages(void* self, sqlite3*, const char*, int pages) {
  auto& writer = *static_cast<GroupWriter*>(self);
  writer.log_pages_ = pages;
  writer.wrote_ = true;
  return SQLITE_OK;
}

}  // namespace cardvault
