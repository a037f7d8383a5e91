#include "crypto/keys/seals/share_collector.h"

#include <algorithm>
#include <utility>

namespace cardvault {

Result<ShareCollector::Outcome> ShareCollector::offer(const SecretText& typed, ByteView wrapped,
                                                      Moment now) {
  const std::scoped_lock lock(mutex_);
  if (Status sound = turn_to(wrapped, now); !sound) return fail(sound.error());
  TRY_VALUE(auto share, Share::parse(typed));
  if (Status accepted = accept(std::move(share), now); !accepted) return fail(accepted.error());
  if (points_.size() < ceremony_.threshold) return counted();
  return open(wrapped);
}

Result<ShareCollector::Progress> ShareCollector::progress(ByteView wrapped, Moment now) {
  const std::scoped_lock lock(mutex_);
  if (Status sound = turn_to(wrapped, now); !sound) return fail(sound.error());
  return counted();
}

void ShareCollector::forget_late(Moment now) {
  const std::scoped_lock lock(mutex_);
  if (now - last_came_ >= kPatience) points_.clear();
}

void ShareCollector::forget() {
  const std::scoped_lock lock(mutex_);
  points_.clear();
}

Status ShareCollector::turn_to(ByteView wrapped, Moment now) {
  if (now - last_came_ >= kPatience) points_.clear();
  TRY_VALUE(auto ceremony, ShamirSeal::ceremony_of(wrapped));
  if (ceremony == ceremony_) return {};
  points_.clear();
  ceremony_ = std::move(ceremony);
  return {};
}

ShareCollector::Progress ShareCollector::counted() const {
  return {static_cast<std::uint8_t>(points_.size()), ceremony_.threshold};
}

Status ShareCollector::accept(Share share, Moment now) {
  if (share.ceremony != ceremony_.id) return fail(share_refused("from another ceremony"));
  if (share.threshold != ceremony_.threshold || share.shares != ceremony_.shares) {
    return fail(share_refused("with another threshold or number of shares"));
  }
  if (std::ranges::count(points_, share.point.x, &shamir::Point::x) != 0) {
    return fail(share_refused("given already"));
  }
  points_.push_back(std::move(share.point));
  last_came_ = std::max(last_came_, now);
  return {};
}

Result<ShareCollector::Outcome> ShareCollector::open(ByteView wrapped) {
  auto seal = std::make_unique<ShamirSeal>(ceremony_, shamir::combine(points_), random_);
  points_.clear();
  auto key = seal->unwrap(wrapped);
  if (!key) return fail(share_refused("the shares together do not open the key"));
  return Opened{std::move(*key), std::move(seal)};
}

}  // namespace cardvault
