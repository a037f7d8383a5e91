#include "crypto/keys/life/keyring_keeper.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "crypto/error_codes.h"
#include "crypto/keys/cryptoperiod.h"

namespace cardvault {
namespace {

// A request with an unknown key makes this process look at the store. More frequent looks would
// find nothing newer.
constexpr std::chrono::milliseconds kBetweenLooks{200};

Status require_shares(const SealHead& head) {
  if (head.kind == SealKind::shamir) return {};
  return fail(CryptoError::key_unavailable,
              "The root key is not in shares: the vault is sealed by " +
                  std::string(seal_name(head.kind)) + ".");
}

}  // namespace

KeyringKeeper::KeyringKeeper(KeyringStore& store, LiveKeyring& live, RandomSource& random,
                             const Clock& clock, RollbackGuard mark, std::optional<Timing> timing)
    : store_(store),
      live_(live),
      random_(random),
      clock_(clock),
      mark_(std::move(mark)),
      timing_(timing),
      shares_(random) {
  live_.look_again_with([this] { look_again(); });
}

Error KeyringKeeper::too_many_changes() {
  return make_error(ErrorCode::write_conflict,
                    "Other processes keep changing the keyring. Try again.");
}

KeyringKeeper::SteadyClock::time_point KeyringKeeper::now() const {
  return timing_ ? timing_->now() : SteadyClock::now();
}

Result<KeyringKeeper::Loaded> KeyringKeeper::load() const {
  const auto asked = now();
  TRY_VALUE(auto stored, store_.load());
  if (stored) return Loaded{asked, stored->version, std::move(stored->record)};
  return fail(CryptoError::key_unavailable,
              "There is no vault here yet. Run `cardvault init --data DIR` first.");
}

/// write_conflict if the store holds another version by now.
Status KeyringKeeper::save(const Keyring& keyring, const KeyringKey& key, std::uint64_t version) {
  const auto record = SealedRecord::from_storage(key.seal(keyring, random_));
  TRY_VALUE(const auto saved, store_.save(version, record));
  if (saved) return {};
  return fail(too_many_changes());
}

void KeyringKeeper::show(Keyring keyring, const KeyringKey& key, std::uint64_t version,
                         SteadyClock::time_point asked) {
  version_ = version;
  const KeyringAge age{keyring.generation(), key.seal_version()};
  note_waiting(keyring);
  live_.install(std::move(keyring));
  if (timing_) live_.set_lease(asked + timing_->lease);
  if (const auto marked = mark_.advance(age); !marked) {
    log::write(log::Level::warning, "keyring_not_marked",
               {{"note", std::string_view(marked.error().detail)}});
  }
}

void KeyringKeeper::note_waiting(const Keyring& keyring) {
  std::map<KeyId, SteadyClock::time_point> since;
  for (const KeyId id : keyring.waiting()) {
    const auto before = waiting_since_.find(id);
    since.emplace(id, before == waiting_since_.end() ? now() : before->second);
  }
  waiting_since_ = std::move(since);
}

Status KeyringKeeper::adopt(Keyring keyring, KeyringKey& key, const Loaded& from,
                            bool to_be_saved) {
  TRY(mark_.check({keyring.generation(), key.seal_version()}));
  if (to_be_saved) {
    TRY(save(keyring, key, from.version));
  }
  key_ = std::move(key);
  shares_.forget();
  show(std::move(keyring), *key_, from.version + (to_be_saved ? 1 : 0), from.asked);
  return {};
}

Status KeyringKeeper::create(Seal& seal, std::uint64_t version) {
  const std::scoped_lock lock(mutex_);
  TRY_VALUE(auto key, KeyringKey::make(seal, 1, random_));
  TRY(mark_.forget());
  const Loaded nothing{.asked = now(), .version = version, .record = {}};
  return adopt(Keyring::generate(clock_.now(), random_), key, nothing, true);
}

Status KeyringKeeper::open(Seal& seal) {
  for (int round = 0; round < kMostRounds; ++round) {
    TRY_VALUE(const auto loaded, load());
    // Without the lock: the holder of the root key may take long to answer.
    TRY_VALUE(auto opened, open_keyring(seal, loaded.record.bytes()));
    const std::scoped_lock lock(mutex_);
    if (key_) return {};
    const bool completed = opened.keyring.complete(clock_.now(), random_);
    auto adopted = adopt(std::move(opened.keyring), opened.key, loaded, completed);
    if (adopted || adopted.error().code != ErrorCode::write_conflict) return adopted;
  }
  return fail(too_many_changes());
}

Result<bool> KeyringKeeper::offer_share(const SecretText& share) {
  const std::scoped_lock lock(mutex_);
  if (key_) return true;
  auto loaded = load();
  if (!loaded) return fail(loaded.error());
  TRY_VALUE(auto head, read_seal_head(loaded->record.bytes()));
  TRY(require_shares(head));
  TRY(mark_.check(head.age));
  TRY_VALUE(auto outcome, shares_.offer(share, head.wrapped, now()));
  auto* opened = std::get_if<ShareCollector::Opened>(&outcome);
  if (opened == nullptr) return false;
  KeyringKey key(std::move(head), std::move(opened->key));
  for (int round = 0; round < kMostRounds; ++round) {
    TRY_VALUE(auto keyring, key.open(loaded->record.bytes()));
    const bool completed = keyring.complete(clock_.now(), random_);
    auto adopted = adopt(std::move(keyring), key, *loaded, completed);
    if (adopted) return true;
    if (adopted.error().code != ErrorCode::write_conflict) return fail(std::move(adopted.error()));
    loaded = load();
    if (!loaded) return fail(loaded.error());
  }
  return fail(too_many_changes());
}

void KeyringKeeper::close() {
  const std::scoped_lock lock(mutex_);
  live_.close();
  key_.reset();
  shares_.forget();
}

Result<SealHead> KeyringKeeper::head() const {
  TRY_VALUE(const auto loaded, load());
  return read_seal_head(loaded.record.bytes());
}

std::optional<ShareCollector::Progress> KeyringKeeper::progress(const SealHead& head) {
  const std::scoped_lock lock(mutex_);
  if (key_ || head.kind != SealKind::shamir) return std::nullopt;
  const auto given = shares_.progress(head.wrapped, now());
  if (!given) return std::nullopt;
  return *given;
}

Status KeyringKeeper::refresh() {
  const std::scoped_lock lock(mutex_);
  if (!key_) {
    shares_.forget_late(now());
    return {};
  }
  TRY(look_now());
  return promote();
}

std::vector<KeyId> KeyringKeeper::promote_due(Keyring& keyring) const {
  std::vector<KeyId> promoted;
  for (const KeyId id : keyring.waiting()) {
    const auto since = waiting_since_.find(id);
    const bool due = !timing_ || (since != waiting_since_.end() &&
                                  now() - since->second >= timing_->promote_after);
    if (!due) continue;
    keyring.promote(id, clock_.now());
    promoted.push_back(id);
  }
  return promoted;
}

Status KeyringKeeper::promote() {
  const auto keyring = live_.snapshot();
  if (!keyring || keyring->waiting().empty()) return {};
  Keyring next = keyring->clone();
  const auto asked = now();
  const auto promoted = promote_due(next);
  if (promoted.empty()) return {};
  auto saved = save(next, *key_, version_);
  // Another process promoted first.
  if (!saved && saved.error().code == ErrorCode::write_conflict) return look_now();
  if (!saved) return saved;
  for (const KeyId id : promoted) {
    log::write(log::Level::info, "key_promoted",
               {{"purpose", purpose_name(next.keys().at(id).purpose)}, {"key", std::int64_t{id}}});
  }
  show(std::move(next), *key_, version_ + 1, asked);
  return {};
}

bool KeyringKeeper::any_ended() const {
  const auto keyring = live_.snapshot();
  return keyring && std::ranges::any_of(kPurposes, [&](Purpose purpose) {
           const auto key = keyring->current(purpose);
           return key && has_ended(**key, clock_.now()) && !has_successor(*keyring, purpose);
         });
}

void KeyringKeeper::look_again() {
  const auto asked = now();
  const std::unique_lock lock(mutex_);
  if (!key_) return;
  // Several threads may have waited for the lock. One of them looks for all.
  const bool is_recent = last_look_ >= asked || now() - last_look_ < kBetweenLooks;
  if (const auto looked = is_recent ? Status() : look_now(); !looked) {
    log::write(log::Level::warning, "keyring_not_refreshed",
               {{"code", looked.error().code.name},
                {"inside", std::string_view(looked.error().inside.text)}});
  }
  // This comes after the look, because a key that another process promoted before the clock jumped
  // has ended too. KeyRotation tries to renew as well and logs the reason if it fails.
  if (renews_ended_ && any_ended()) (void)renew_now();
}

Status KeyringKeeper::look_now() {
  last_look_ = now();
  if (!timing_) return {};
  TRY_VALUE(const auto loaded, load());
  const auto keyring = live_.snapshot();
  TRY_VALUE(const auto head, read_seal_head(loaded.record.bytes()));
  const bool same = keyring && head.age.generation == keyring->generation();
  if (loaded.version == version_ || same) {
    // If another process changed only the seal, the generation is the same. The keys here are still
    // the newest, although this process cannot open the stored record any more.
    live_.set_lease(loaded.asked + timing_->lease);
    return {};
  }
  TRY_VALUE(auto fresh, key_->open(loaded.record.bytes()));
  TRY(mark_.check({fresh.generation(), key_->seal_version()}));
  show(std::move(fresh), *key_, loaded.version, loaded.asked);
  return {};
}

}  // namespace cardvault
