#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "vault/storage/sqlite/sqlite_connection.h"
#include "vault/storage/sqlite/sqlite_files.h"

namespace cardvault {

/// More concurrent readers would only wait for each other, because a warm read takes microseconds.
/// The page caches of all readers stay below 2 MiB together (8 x 256 KiB).
inline constexpr std::size_t kMaxReaders = 8;

/// A read-only connection with the statements for the store's reads.
struct Reader {
  Connection connection;
  Statement load;
  Statement load_pan;
  Statement load_pans;
  Statement find;
  Statement leads_to;
  Statement read_audit;
  Statement list_due;
  Statement list_wallets;
  Statement load_vault_record;

  [[nodiscard]] static Result<std::unique_ptr<Reader>> open(const std::filesystem::path& file);
};

/// Up to kMaxReaders connections to one database. A connection is opened when it is first needed.
/// Safe to use from any thread. The pool must outlive its leases.
class ReaderPool {
 public:
  /// `files` must outlive the pool.
  ReaderPool(std::filesystem::path file, DatabaseFiles& files)
      : file_(std::move(file)), files_(files) {}

  /// Exclusive use of one reader until the lease is destroyed.
  class Lease {
   public:
    Lease(ReaderPool& pool, std::unique_ptr<Reader> reader)
        : pool_(&pool), reader_(std::move(reader)) {}
    ~Lease();
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    [[nodiscard]] const Reader& operator*() const { return *reader_; }
    [[nodiscard]] const Reader* operator->() const { return reader_.get(); }

   private:
    ReaderPool* pool_;
    std::unique_ptr<Reader> reader_;
  };

  /// Waits for a free reader. The reader used last comes first, because its cache is warm. If none
  /// is free for 5 s, it fails with store_unavailable. While the database's files are lost, no new
  /// reader is opened, because the path may lead to another file. The callers then share the open
  /// readers.
  [[nodiscard]] Result<Lease> borrow();

 private:
  [[nodiscard]] Result<Lease> open_another();
  /// Takes a reader from `free_`. The caller must hold the lock.
  [[nodiscard]] Lease take_free();
  void give_back(std::unique_ptr<Reader> reader);

  const std::filesystem::path file_;
  DatabaseFiles& files_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Reader>> free_;
  std::size_t opened_ = 0;
};

}  // namespace cardvault
