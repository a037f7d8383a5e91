#include "crypto/keys/seals/key_file_seal.h"

#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "crypto/aead.h"
#include "crypto/error_codes.h"
#include "crypto/random.h"
#include "tests/crypto/keys/seals/seal_bytes.h"

using namespace cardvault;
using namespace cardvault::test;
namespace fs = std::filesystem;

namespace {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "cardvault-key-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] fs::path operator/(std::string_view name) const { return path_ / name; }

 private:
  fs::path path_;
};

fs::perms mode_of(const fs::path& file) {
  return fs::status(file).permissions();
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_private(const fs::path& file, std::string_view text) {
  std::ofstream(file) << text;
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
}

void make_key(const fs::path& file) {
  SystemRandom random;
  REQUIRE(KeyFileSeal::create(file, random).has_value());
}

std::string refusal(const fs::path& file) {
  SystemRandom random;
  const auto opened = KeyFileSeal::open(file, random);
  if (opened || opened.error().code != CryptoError::key_unavailable) return {};
  return opened.error().detail;
}

bool says(const std::string& text, std::string_view word) {
  return text.find(word) != std::string::npos;
}

std::unique_ptr<KeyFileSeal> opened(const fs::path& file) {
  static SystemRandom random;
  return KeyFileSeal::open(file, random).value();
}

}  // namespace

TEST_CASE("key file: a new key file is private and has one line") {
  const TemporaryFolder folder;
  const auto file = folder / "root.key";
  make_key(file);
  CHECK(mode_of(file) == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(text_of(file).size() == 44);
  CHECK(text_of(file).back() == '\n');
}

TEST_CASE("key file: a key wrapped before a restart unwraps after it") {
  const TemporaryFolder folder;
  make_key(folder / "root.key");
  const Bytes kept = opened(folder / "root.key")->wrap(some_key()).value();
  CHECK_FALSE(shows_key(kept));
  CHECK(is_some_key(opened(folder / "root.key")->unwrap(kept)));
}

TEST_CASE("key file: an existing file is never overwritten, also through a link") {
  const TemporaryFolder folder;
  SystemRandom random;
  const auto file = folder / "root.key";
  make_key(file);
  const std::string before = text_of(file);
  const auto again = KeyFileSeal::create(file, random);
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().code == ErrorCode::store_unavailable);
  CHECK(says(again.error().detail, "exists"));
  fs::create_symlink(folder / "elsewhere", folder / "link");
  CHECK_FALSE(KeyFileSeal::create(folder / "link", random));
  CHECK(text_of(file) == before);
  CHECK_FALSE(fs::exists(folder / "elsewhere"));
}

TEST_CASE("key file: an error about a missing folder names the path") {
  const TemporaryFolder folder;
  SystemRandom random;
  const auto made = KeyFileSeal::create(folder / "missing/root.key", random);
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code == ErrorCode::store_unavailable);
  CHECK(says(made.error().detail, "missing/root.key"));
}

TEST_CASE("key file: a file that others may access is refused and the error says how to fix it") {
  const TemporaryFolder folder;
  const auto file = folder / "root.key";
  make_key(file);
  for (const mode_t mode : {0644U, 0640U, 0604U, 0660U, 0620U, 0602U, 0610U, 0601U, 0777U}) {
    CAPTURE(mode);
    REQUIRE(chmod(file.c_str(), mode) == 0);
    CHECK(says(refusal(file), "chmod 600"));
    CHECK(says(refusal(file), "root.key"));
  }
  for (const mode_t mode : {0600U, 0400U}) {
    REQUIRE(chmod(file.c_str(), mode) == 0);
    SystemRandom random;
    CHECK(KeyFileSeal::open(file, random).has_value());
  }
}

TEST_CASE("key file: a missing file, a link, a folder and a pipe are refused") {
  const TemporaryFolder folder;
  const auto file = folder / "root.key";
  CHECK(says(refusal(file), "does not exist"));
  make_key(file);
  fs::create_symlink(file, folder / "link");
  CHECK(says(refusal(folder / "link"), "symbolic link"));
  fs::create_directory(folder / "folder");
  CHECK(says(refusal(folder / "folder"), "regular file"));
  REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(says(refusal(folder / "pipe"), "regular file"));
}

TEST_CASE("key file: any content other than one line of 32 bytes in base64url is refused") {
  const TemporaryFolder folder;
  const auto file = folder / "root.key";
  make_key(file);
  const std::string good = text_of(file);
  const std::string line = good.substr(0, 43);
  for (const std::string& text :
       {std::string(), std::string("\n"), line.substr(1), line + "A", line + "=", line + "\n\n",
        line + "\r\n", " " + line, good + good, line.substr(0, 42) + "!", line.substr(0, 42) + "_",
        std::string(43, '\0')}) {
    CAPTURE(text.size());
    const auto other = folder / "other.key";
    write_private(other, text);
    CHECK(says(refusal(other), "does not contain a key"));
  }
  write_private(folder / "long.key", std::string(5000, 'A'));
  CHECK(says(refusal(folder / "long.key"), "is too long"));
  write_private(folder / "bare.key", line);
  CHECK(refusal(folder / "bare.key").empty());
}

TEST_CASE("key file: a wrapped key that is cut, changed or made under another root is corrupt") {
  const TemporaryFolder folder;
  make_key(folder / "root.key");
  make_key(folder / "other.key");
  const auto seal = opened(folder / "root.key");
  const Bytes kept = seal->wrap(some_key()).value();
  CHECK(corrupt(opened(folder / "other.key")->unwrap(kept)));
  CHECK(opened_when_cut(*seal, kept) == 0);
  CHECK(opened_when_flipped(*seal, kept) == 0);
}
