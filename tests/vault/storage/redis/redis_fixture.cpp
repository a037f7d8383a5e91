#include "tests/vault/storage/redis/redis_fixture.h"

#include <algorithm>

#include "tests/support/soon.h"
#include "vault/storage/redis/redis_store.h"

namespace cardvault::test {
namespace {

constexpr std::size_t kAuditEntriesOfBind = 9;
/// Lets refused callers leave the processor to the servers.
constexpr std::chrono::milliseconds kAfterRefusal{5};

IndexKey subject_of(std::uint32_t n) {
  return {IndexKind::subject, digest(n)};
}
IndexKey fingerprint_of(std::uint32_t n) {
  return {IndexKind::pan_fingerprint, digest(n % 50)};
}

Commit traffic_commit(std::uint32_t n, std::uint64_t version) {
  Commit change = plain_commit(n, version);
  change.audit = {audit_row(version + 1)};
  change.put_pans = {{card_id(1), record(static_cast<std::uint32_t>(version), 60)}};
  return change;
}

std::string missing(const char* what, std::uint32_t n) {
  return std::string(what) + " of wallet " + std::to_string(n);
}

}  // namespace

RedisOptions redis_options(const std::string& url, std::chrono::milliseconds timeout) {
  RedisOptions options;
  options.location = must(RedisLocation::parse(url));
  options.timeout = timeout;
  return options;
}

std::string url_with_password(const RedisServer& server, const std::string& password) {
  const std::string& user = server.options().user;
  const std::string scheme = server.options().tls ? "rediss://" : "redis://";
  return scheme + (user == "default" ? "" : user) + ":" + password +
         "@127.0.0.1:" + std::to_string(server.port());
}

std::unique_ptr<WalletStore> open_redis(RedisOptions options) {
  return must(open_redis_store(std::move(options)));
}

bool is_unavailable(const Error& error) {
  return error.code == ErrorCode::store_unavailable && error.retry_after.has_value() &&
         *error.retry_after > std::chrono::seconds{0} && !error.inside.text.empty();
}

Commit bind(std::uint32_t n) {
  Commit change = plain_commit(n, 0);
  change.put_pans = {{card_id(n), record(n, 60)}};
  for (std::size_t seq = 1; seq <= kAuditEntriesOfBind; ++seq) {
    change.audit.push_back(audit_row(seq));
  }
  change.add_index = {subject_of(n), fingerprint_of(n)};
  change.due = at_second(1000 + n);
  return change;
}

std::string missing_of_bind(WalletStore& store, std::uint32_t n) {
  const auto wallet = must(store.load(wallet_id(n)));
  if (!wallet || wallet->record != bind(n).record) return missing("the record", n);
  const auto pan = must(store.load_pan(wallet_id(n), card_id(n)));
  if (!pan || *pan != record(n, 60)) return missing("the card number", n);
  if (must(store.read_audit(wallet_id(n), 0, SIZE_MAX)).size() != kAuditEntriesOfBind) {
    return missing("the audit log", n);
  }
  if (must(store.find(subject_of(n))) != std::vector{wallet_id(n)}) {
    return missing("the subject", n);
  }
  const auto holders = must(store.find(fingerprint_of(n)));
  const bool found = std::ranges::find(holders, wallet_id(n)) != holders.end();
  return found ? "" : missing("the fingerprint", n);
}

Traffic::Traffic(WalletStore& store, const std::vector<std::uint32_t>& wallets, std::size_t threads)
    : store_(store), shares_(threads) {
  for (std::size_t i = 0; i < wallets.size(); ++i) {
    shares_[i % threads].push_back({.number = wallets[i]});
  }
  for (auto& share : shares_) {
    threads_.emplace_back([this, &share] { work(share); });
  }
}

bool Traffic::goes_on(std::uint64_t more) const {
  const auto enough = acknowledged_ + more;
  return soon([&] { return acknowledged_ >= enough; });
}

bool Traffic::is_refused(std::uint64_t more) const {
  const auto enough = refused_ + more;
  return soon([&] { return refused_ >= enough; });
}

void Traffic::stop() {
  stopping_ = true;
  threads_.clear();
}

void Traffic::check_nothing_is_missing(WalletStore& store) const {
  CHECK(surprises_ == 0);
  for (const auto& share : shares_) {
    for (const Known& known : share) {
      CAPTURE(known.number, known.version, known.unsure);
      const auto wallet = must(store.load(wallet_id(known.number)));
      const auto version = wallet ? wallet->version : 0;
      CHECK((version == known.version || (known.unsure && version == known.version + 1)));
      if (!wallet) continue;
      CHECK(wallet->record == plain_commit(known.number, version - 1).record);
      CHECK(must(store.load_pan(wallet_id(known.number), card_id(1))) ==
            record(static_cast<std::uint32_t>(version - 1), 60));
      const auto rows = must(store.read_audit(wallet_id(known.number), 0, SIZE_MAX));
      CHECK(rows.size() == version);
      for (const AuditRow& row : rows) {
        if (row.link != audit_row(row.seq).link) FAIL("the audit log is broken");
      }
    }
  }
}

void Traffic::work(std::vector<Known>& wallets) {
  while (!stopping_) {
    for (Known& wallet : wallets) {
      if (stopping_) return;
      commit_next(wallet);
      look(wallet);
    }
  }
}

void Traffic::commit_next(Known& wallet) {
  const auto outcome = store_.commit(traffic_commit(wallet.number, wallet.version));
  if (is_unavailable(outcome)) {
    ++refused_;
    wallet.unsure = true;
    std::this_thread::sleep_for(kAfterRefusal);
  } else if (committed(outcome)) {
    ++acknowledged_;
    ++wallet.version;
    wallet.unsure = false;
  } else if (outcome && *outcome == CommitOutcome::conflict && wallet.unsure) {
    ++wallet.version;
    wallet.unsure = false;
  } else {
    ++surprises_;
  }
}

void Traffic::look(Known& wallet) {
  const auto seen = store_.load(wallet_id(wallet.number));
  if (is_unavailable(seen)) {
    ++refused_;
    return;
  }
  const auto version = !seen ? UINT64_MAX : (*seen ? (*seen)->version : 0);
  const bool expected =
      version == wallet.version || (wallet.unsure && version == wallet.version + 1);
  const bool whole =
      expected &&
      (version == 0 || (*seen)->record == plain_commit(wallet.number, version - 1).record);
  if (!whole) ++surprises_;
}

}  // namespace cardvault::test
