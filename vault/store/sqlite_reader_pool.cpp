#include "vault/store/sqlite_reader_pool.h"

#include <chrono>

#include "vault/store/sqlite_rows.h"

namespace cardvault {
namespace {

constexpr std::chrono::seconds kBorrowTimeout{5};

// No mmap: it measured no faster, would count as this process's memory once per connection, and
// turns a file that was cut short into SIGBUS.
constexpr const char* kReaderSettings = R"sql(
PRAGMA cache_size = -256;
PRAGMA mmap_size = 0;
PRAGMA temp_store = MEMORY;
PRAGMA cell_size_check = ON;
)sql";

Error all_busy() {
  auto error = make_error(ErrorCode::store_unavailable, "the store cannot do this now",
                          OperatorText{"no reader connection became free"});
  error.retry_after = std::chrono::seconds{1};
  return error;
}

}  // namespace

Result<std::unique_ptr<Reader>> Reader::open(const std::filesystem::path& file) {
  auto connection = Connection::open(file, Connection::Access::read_only);
  if (!connection) return fail(std::move(connection.error()));
  if (const auto set = connection->execute(kReaderSettings); !set) return fail(set.error());

  auto load = connection->prepare("SELECT version, record FROM wallets WHERE id = ?");
  if (!load) return fail(std::move(load.error()));
  auto load_pan = connection->prepare("SELECT record FROM pans WHERE wallet = ? AND card = ?");
  if (!load_pan) return fail(std::move(load_pan.error()));
  auto load_pans = connection->prepare("SELECT card, record FROM pans WHERE wallet = ?");
  if (!load_pans) return fail(std::move(load_pans.error()));
  auto find = connection->prepare(
      "SELECT wallet FROM index_entries WHERE kind = ? AND value = ? ORDER BY wallet");
  if (!find) return fail(std::move(find.error()));
  auto leads_to = connection->prepare(
      "SELECT 1 FROM index_entries WHERE kind = ? AND value = ? AND wallet = ?");
  if (!leads_to) return fail(std::move(leads_to.error()));
  auto read_audit = connection->prepare(
      "SELECT seq, record, link FROM audit WHERE wallet = ? AND seq > ? ORDER BY seq LIMIT ?");
  if (!read_audit) return fail(std::move(read_audit.error()));
  auto list_due =
      connection->prepare("SELECT wallet FROM due WHERE wallet > ? ORDER BY wallet LIMIT ?");
  if (!list_due) return fail(std::move(list_due.error()));
  auto list_wallets = connection->prepare(kListWalletsSql);
  if (!list_wallets) return fail(std::move(list_wallets.error()));
  auto vault = connection->prepare("SELECT version, record FROM vault_records WHERE which = ?");
  if (!vault) return fail(std::move(vault.error()));

  return std::make_unique<Reader>(std::move(*connection), std::move(*load), std::move(*load_pan),
                                  std::move(*load_pans), std::move(*find), std::move(*leads_to),
                                  std::move(*read_audit), std::move(*list_due),
                                  std::move(*list_wallets), std::move(*vault));
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
  auto reader = Reader::open(file_);
  if (!reader) return fail(std::move(reader.error()));
  if (auto there = files_.check(); !there) return fail(std::move(there.error()));
  return Lease(*this, std::move(*reader));
}

void ReaderPool::give_back(std::unique_ptr<Reader> reader) {
  {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(reader));
  }
  returned_.notify_one();
}

}  // namespace cardvault
