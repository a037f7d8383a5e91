#include "api/keys/keyring_keeper.h"

#include <utility>

#include "base/log.h"

namespace cardvault::api {
namespace {

// Others change the keyring a few times a year; two at once is a rotation by two operators.
constexpr int kMostRounds = 8;
// Requests that meet an unknown key make the process look again; more often finds nothing newer.
constexpr std::chrono::milliseconds kBetweenLooks{200};

std::unexpected<Error> too_many_changes() {
  return fail(ErrorCode::write_conflict, "Another process keeps changing the keyring.");
}

Status require_shares(const SealHead& head) {
  if (head.kind == SealKind::shamir) return {};
  return fail(ErrorCode::key_unavailable, "The root key is not in shares: the vault is sealed by " +
                                              std::string(seal_name(head.kind)) + ".");
}

}  // namespace

KeyringKeeper::KeyringKeeper(WalletStore& store, LiveKeyring& live, RandomSource& random,
                             const Clock& clock, KeyringMark mark, std::optional<Timing> timing)
    : store_(store),
      live_(live),
      random_(random),
      clock_(clock),
      mark_(std::move(mark)),
      timing_(timing),
      shares_(random) {
  if (timing_) live_.look_again_with([this] { look_again(); });
}

Result<KeyringKeeper::Loaded> KeyringKeeper::load() const {
  auto stored = store_.load_vault_record(VaultRecord::keyring);
  if (!stored) return fail(std::move(stored.error()));
  if (*stored) return Loaded{(*stored)->version, std::move((*stored)->record)};
  return fail(ErrorCode::key_unavailable,
              "There is no vault here yet: run `cardvault init --data DIR` first.");
}

/// write_conflict when the store has another version by now.
Status KeyringKeeper::save(const Keyring& keyring, const KeyringKey& key, std::uint64_t version) {
  const auto record = SealedRecord::from_storage(key.seal(keyring, random_));
  const auto saved = store_.save_vault_record(VaultRecord::keyring, version, record);
  if (!saved) return fail(saved.error());
  return *saved == CommitOutcome::committed ? Status() : too_many_changes();
}

void KeyringKeeper::show(Keyring keyring, std::uint64_t version) {
  version_ = version;
  const auto generation = keyring.generation();
  live_.show(std::move(keyring));
  if (timing_) live_.trust_for(timing_->lease);
  if (const auto marked = mark_.advance(generation); !marked) {
    log::write(log::Level::warning, "keyring_not_marked",
               {{"note", std::string_view(marked.error().detail)}});
  }
}

Status KeyringKeeper::adopt(Keyring keyring, KeyringKey key, std::uint64_t version,
                            bool to_be_saved) {
  if (const auto fresh = mark_.check(keyring.generation()); !fresh) return fresh;
  if (to_be_saved) {
    if (const auto saved = save(keyring, key, version); !saved) return saved;
    ++version;
  }
  key_ = std::move(key);
  shares_.forget();
  show(std::move(keyring), version);
  return {};
}

Status KeyringKeeper::create(Seal& seal, std::uint64_t version) {
  const std::scoped_lock lock(mutex_);
  auto key = KeyringKey::make(seal, random_);
  if (!key) return fail(std::move(key.error()));
  if (const auto forgotten = mark_.forget(); !forgotten) return forgotten;
  return adopt(Keyring::generate(clock_.now(), random_), std::move(*key), version, true);
}

Status KeyringKeeper::open(Seal& seal) {
  const std::scoped_lock lock(mutex_);
  for (int round = 0; round < kMostRounds; ++round) {
    const auto loaded = load();
    if (!loaded) return fail(loaded.error());
    const auto head = read_seal_head(loaded->record.bytes());
    if (!head) return fail(head.error());
    auto opened = open_keyring(seal, loaded->record.bytes(), random_);
    if (!opened) return fail(std::move(opened.error()));
    const bool completed = opened->keyring.complete(clock_.now(), random_);
    auto adopted = adopt(std::move(opened->keyring), std::move(opened->key), loaded->version,
                         completed || head->wrapped.empty());
    if (adopted || adopted.error().code != ErrorCode::write_conflict) return adopted;
  }
  return too_many_changes();
}

Result<bool> KeyringKeeper::offer_share(const SecretText& share) {
  const std::scoped_lock lock(mutex_);
  if (key_) return true;
  const auto loaded = load();
  if (!loaded) return fail(loaded.error());
  auto head = read_seal_head(loaded->record.bytes());
  if (!head) return fail(std::move(head.error()));
  if (const auto in_shares = require_shares(*head); !in_shares) return fail(in_shares.error());
  auto outcome = shares_.offer(share, head->wrapped, SteadyClock::now());
  if (!outcome) return fail(std::move(outcome.error()));
  auto* opened = std::get_if<ShareCollector::Opened>(&*outcome);
  if (opened == nullptr) return false;
  KeyringKey key(head->kind, std::move(head->wrapped), std::move(opened->key));
  auto keyring = key.open(loaded->record.bytes());
  if (!keyring) return fail(std::move(keyring.error()));
  const bool completed = keyring->complete(clock_.now(), random_);
  auto adopted = adopt(std::move(*keyring), std::move(key), loaded->version, completed);
  if (!adopted) return fail(std::move(adopted.error()));
  return true;
}

void KeyringKeeper::close() {
  const std::scoped_lock lock(mutex_);
  live_.close();
  key_.reset();
  shares_.forget();
}

Result<SealHead> KeyringKeeper::head() const {
  const auto loaded = load();
  if (!loaded) return fail(loaded.error());
  return read_seal_head(loaded->record.bytes());
}

std::optional<ShareCollector::Progress> KeyringKeeper::progress(const SealHead& head) {
  const std::scoped_lock lock(mutex_);
  if (key_ || head.kind != SealKind::shamir) return std::nullopt;
  const auto given = shares_.progress(head.wrapped, SteadyClock::now());
  if (!given) return std::nullopt;
  return *given;
}

Status KeyringKeeper::look() {
  const std::scoped_lock lock(mutex_);
  if (!key_) return {};
  if (const auto looked = look_now(); !looked) return looked;
  const auto keyring = live_.snapshot();
  if (!timing_ || !keyring) return {};
  Keyring next = keyring->clone();
  if (!next.promote_due(clock_.now(), timing_->promote_after)) return {};
  auto saved = save(next, *key_, version_);
  if (saved) show(std::move(next), version_ + 1);
  // Another process promoted it first: the next look sees it.
  return saved || saved.error().code == ErrorCode::write_conflict ? Status() : saved;
}

void KeyringKeeper::look_again() {
  const std::unique_lock lock(mutex_);
  if (!key_ || SteadyClock::now() - last_look_ < kBetweenLooks) return;
  if (const auto looked = look_now(); !looked) {
    log::write(log::Level::warning, "keyring_not_refreshed",
               {{"code", error_code_name(looked.error().code)},
                {"inside", std::string_view(looked.error().inside.text)}});
  }
}

Status KeyringKeeper::look_now() {
  last_look_ = SteadyClock::now();
  if (!timing_) return {};
  const auto loaded = load();
  if (!loaded) return fail(loaded.error());
  const auto keyring = live_.snapshot();
  const auto head = read_seal_head(loaded->record.bytes());
  if (!head) return fail(head.error());
  const bool same = keyring && head->generation == keyring->generation();
  if (loaded->version == version_ || same) {
    live_.trust_for(timing_->lease);
    return {};
  }
  auto fresh = key_->open(loaded->record.bytes());
  if (!fresh) return fail(std::move(fresh.error()));
  if (const auto newer = mark_.check(fresh->generation()); !newer) return newer;
  show(std::move(*fresh), loaded->version);
  return {};
}

/// `apply` is true when it changed something that is to be saved, under `next`.
template <class Change>
Status KeyringKeeper::change(const KeyringKey& next, Change apply) {
  for (int round = 0; round < kMostRounds; ++round) {
    const auto loaded = load();
    if (!loaded) return fail(loaded.error());
    auto keyring = key_->open(loaded->record.bytes());
    if (!keyring) return fail(std::move(keyring.error()));
    if (const auto fresh = mark_.check(keyring->generation()); !fresh) return fresh;
    const Result<bool> applied = apply(*keyring);
    if (!applied) return fail(applied.error());
    auto saved = *applied ? save(*keyring, next, loaded->version) : Status();
    if (saved) show(std::move(*keyring), loaded->version + (*applied ? 1 : 0));
    if (saved || saved.error().code != ErrorCode::write_conflict) return saved;
  }
  return too_many_changes();
}

Result<KeyId> KeyringKeeper::rotate(Purpose purpose) {
  const std::scoped_lock lock(mutex_);
  if (!key_) return fail(vault_sealed());
  KeyId id = 0;
  const auto changed = change(*key_, [&](Keyring& keyring) -> Result<bool> {
    const auto added = keyring.add(purpose, clock_.now(), random_);
    if (!added) return fail(added.error());
    id = *added;
    if (!timing_) (void)keyring.promote_due(clock_.now(), Seconds{0});
    return true;
  });
  if (!changed) return fail(changed.error());
  return id;
}

Status KeyringKeeper::set_state(KeyId id, KeyState state) {
  const std::scoped_lock lock(mutex_);
  if (!key_) return fail(vault_sealed());
  return change(*key_, [&](Keyring& keyring) -> Result<bool> {
    const auto before = keyring.generation();
    const auto set = keyring.set_state(id, state, clock_.now());
    if (!set) return fail(set.error());
    return keyring.generation() != before;
  });
}

Status KeyringKeeper::seal_anew(Seal& seal) {
  const std::scoped_lock lock(mutex_);
  if (!key_) return fail(vault_sealed());
  auto next = KeyringKey::make(seal, random_);
  if (!next) return fail(std::move(next.error()));
  auto changed = change(*next, [](Keyring&) -> Result<bool> { return true; });
  if (changed) key_ = std::move(*next);
  return changed;
}

}  // namespace cardvault::api
