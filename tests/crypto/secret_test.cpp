#include "crypto/secret.h"

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <new>
#include <nlohmann/json.hpp>
#include <ostream>
#include <type_traits>

#include "crypto/random.h"

using namespace cardvault;

namespace {

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) { out << value; };
template <class T>
concept Copyable = std::is_copy_constructible_v<T> || std::is_copy_assignable_v<T>;
template <class T>
concept JsonConvertible =
    std::is_constructible_v<nlohmann::json, T> || std::is_constructible_v<nlohmann::json, T&> ||
    requires(nlohmann::json& json, const T& value) { json = value; } ||
    requires(nlohmann::json& json, const T& value) { nlohmann::to_json(json, value); };
template <class T>
concept TextConvertible =
    std::is_convertible_v<T, std::string> || std::is_convertible_v<T, std::string_view> ||
    std::is_constructible_v<std::string, T> || std::is_constructible_v<std::string_view, T>;

// The same checks on an ordinary text, so that a "no" below is meaningful.
static_assert(Streamable<std::string> && Copyable<std::string>);
static_assert(JsonConvertible<std::string> && TextConvertible<std::string>);

static_assert(!Streamable<SecretText> && !Streamable<SecretBytes>);
static_assert(!Copyable<SecretText> && !Copyable<SecretBytes>);
static_assert(!JsonConvertible<SecretText> && !JsonConvertible<SecretBytes>);
static_assert(!TextConvertible<SecretText> && !TextConvertible<SecretBytes>);
static_assert(std::is_nothrow_move_constructible_v<SecretText>);
static_assert(std::is_nothrow_move_constructible_v<SecretBytes>);

constexpr std::string_view kShort = "6222021234567";
static_assert(kShort.size() <= 15, "it must fit into the string's own buffer");

/// A SecretText in memory that stays readable after its destruction.
struct WatchedSecret {
  explicit WatchedSecret(std::string_view text)
      : secret(std::construct_at(reinterpret_cast<SecretText*>(memory.data()), text)) {}

  [[nodiscard]] bool memory_shows(std::string_view text) const {
    return as_text(memory).find(text) != std::string_view::npos;
  }

  alignas(SecretText) std::array<std::uint8_t, sizeof(SecretText)> memory{};
  SecretText* secret;
};

}  // namespace

TEST_CASE("secret text: a move leaves no characters of a short secret") {
  WatchedSecret watched(kShort);
  REQUIRE(watched.memory_shows(kShort));
  const SecretText moved(std::move(*watched.secret));
  CHECK(moved.expose() == kShort);
  CHECK(watched.secret->size() == 0);
  CHECK_FALSE(watched.memory_shows(kShort.substr(1, 6)));
  std::destroy_at(watched.secret);
}

TEST_CASE("secret text: a move assignment leaves no characters of a short secret") {
  WatchedSecret watched(kShort);
  SecretText target("before");
  target = std::move(*watched.secret);
  CHECK(target.expose() == kShort);
  CHECK_FALSE(watched.memory_shows(kShort.substr(1, 6)));
  std::destroy_at(watched.secret);
}

TEST_CASE("secret text: destruction leaves no characters of a short secret") {
  WatchedSecret watched(kShort);
  std::destroy_at(watched.secret);
  CHECK_FALSE(watched.memory_shows(kShort.substr(1, 6)));
}

TEST_CASE("secret text: a wipe covers the characters after a shortened end") {
  std::string text(kShort);
  text.resize(2);
  wipe(text);
  CHECK(text.empty());
  text.resize(0);
  CHECK(std::string_view(text.data(), 13) == std::string_view("\0\0\0\0\0\0\0\0\0\0\0\0\0", 13));
}

TEST_CASE("secret text: a move to itself keeps the value") {
  SecretText text("4111 1111 1111 1111 and more than a short string");
  SecretText& same = text;
  text = std::move(same);
  CHECK(text.size() == 48);
}

TEST_CASE("secret bytes: a move takes the contents and leaves nothing") {
  SystemRandom random;
  SecretBytes first = SecretBytes::random(32, random);
  const Bytes seen(first.expose().begin(), first.expose().end());
  SecretBytes second(std::move(first));
  CHECK(first.empty());
  CHECK(std::ranges::equal(second.expose(), seen));
  SecretBytes third = SecretBytes::copy_of(as_bytes("other"));
  third = std::move(second);
  CHECK(second.empty());
  CHECK(std::ranges::equal(third.expose(), seen));
  SecretBytes& same = third;
  third = std::move(same);
  CHECK(third.size() == 32);
}

TEST_CASE("secret bytes: a clone is equal and independent") {
  SecretBytes original = SecretBytes::copy_of(as_bytes("key material"));
  const SecretBytes twin = original.clone();
  original.expose_mutable()[0] = 'K';
  CHECK(as_text(twin.expose()) == "key material");
  CHECK(SecretBytes().clone().empty());
}

TEST_CASE("secret bytes: an impossible size throws bad_alloc") {
  CHECK_THROWS_AS(SecretBytes(SIZE_MAX / 2), std::bad_alloc);
}

TEST_CASE("constant-time comparison: only equal lengths and contents are equal") {
  CHECK(equal_constant_time({}, {}));
  CHECK(equal_constant_time(as_bytes("abc"), as_bytes("abc")));
  CHECK_FALSE(equal_constant_time(as_bytes("abc"), as_bytes("abd")));
  CHECK_FALSE(equal_constant_time(as_bytes("abc"), as_bytes("ab")));
  CHECK_FALSE(equal_constant_time(as_bytes("abc"), {}));
}
