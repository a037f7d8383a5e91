#include "vault/storage/sqlite/sqlite_reader_pool.h"

#include <chrono>

#include "vault/storage/sqlite/sqlite_rows.h"

namespace cardvault {
namespace {

constexpr std::chrono::seconds kBorrowTimeout{5};

// No mmap: measurements showed no gain. It would count as this process's memory once per
// connection, and a file that was cut short would cause SIGBUS.
constexpr const char* kReaderSettings = R"sql(
PRAGMA cache_size = -256;
PRAGMA mmap_size = 0;
PRAGMA temp_store = MEMORY;
PRAGMA cell_size_check = ON;
)sql";

Error all_busy() {
  auto error =
      make_error(ErrorCode::store_unavailable, "The store is not available now. Try again.",
                 OperatorText{"no reader connection became free"});
  error.retry_after = std::chrono::seconds{1};
  return error;
}

}  // namespace

Result<std::unique_ptr<Reader>> Reader::open(const std::filesystem::path& file) {
  TRY_VALUE(auto connection, Connection::open(file, Connection::Access::read_only));
  TRY(connection.execute(kReaderSettings));

  TRY_VALUE(auto load, connection.prepare("SELECT version, record FROM wallets WHERE id = ?"));
  TRY_VALUE(auto load_pan,
            connection.prepare("SELECT record FROM pans WHERE wallet = ? AND card = ?"));
  TRY_VALUE(auto load_pans, connection.prepare("SELECT card, record FROM pans WHERE wallet = ?"));
  TRY_VALUE(auto find,
            connection.prepare(
                "SELECT wallet FROM index_entries WHERE kind = ? AND value = ? ORDER BY wallet"));
  TRY_VALUE(auto leads_to,
            connection.prepare(
                "SELECT 1 FROM index_entries WHERE kind = ? AND value = ? AND wallet = ?"));
  TRY_VALUE(
      auto read_audit,
      connection.prepare(
          "SELECT seq, record, link FROM audit WHERE wallet = ? AND seq > ? ORDER BY seq LIMIT ?"));
  TRY_VALUE(auto list_due,
            connection.prepare("SELECT wallet FROM due WHERE wallet > ? ORDER BY wallet LIMIT ?"));
  TRY_VALUE(auto list_wallets, connection.prepare(kListWalletsSql));
  TRY_VALUE(auto vault,
            connection.prepare("SELECT version, record FROM vault_records WHERE which = ?"));

  return std::make_unique<Reader>(std::move(connection), std::move(load), std::move(load_pan),
                                  std::move(load_pans), std::move(find), std::move(leads_to),
                                  std::move(read_audit), std::move(list_due),
                                  std::move(list_wallets), std::move(vault));
}

ReaderPool::Lease::~Lease() {
  if (reader_) pool_->give_back(std::move(reader_));
}

Result<ReaderPool::Lease> ReaderPool::borrow() {
  std::unique_lock lock(mutex_);
  const bool usable = returned_.wait_for(lock, kBorrowTimeout,
                                         [&] { return !free_.empty() || opened_ < kMaxReaders; });
  if (!usable) return fail(all_busy());
  if (!free_.empty()) return take_free();
  ++opened_;
  lock.unlock();
  auto another = open_another();
  if (another) return another;
  lock.lock();
  --opened_;
  returned_.notify_all();
  const bool shared =
      returned_.wait_for(lock, kBorrowTimeout, [&] { return !free_.empty() || opened_ == 0; });
  if (shared && !free_.empty()) return take_free();
  return another;
}

ReaderPool::Lease ReaderPool::take_free() {
  Lease lease(*this, std::move(free_.back()));
  free_.pop_back();
  return lease;
}

Result<ReaderPool::Lease> ReaderPool::open_another() {
  TRY_VALUE(auto reader, Reader::open(file_));
  TRY(files_.check());
  return Lease(*this, std::move(reader));
}

void ReaderPool::give_back(std::unique_ptr<Reader> reader) {
  {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(reader));
  }
  returned_.notify_one();
}

}  // namespace cardvault
