#include "tests/end_to_end/served_vault.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

namespace cardvault::test {
namespace {

Json accepted(const Answer& answer, int status) {
  INFO(answer.body);
  REQUIRE(answer.status == status);
  return answer.json();
}

Fields bearer(const std::string& credential) {
  return {{"Authorization", "Bearer " + credential}};
}

std::vector<std::string> joined(std::vector<std::string> all,
                                const std::vector<std::string>& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace

Json initialize(const std::filesystem::path& data, const std::vector<std::string>& options) {
  const Run run =
      run_cardvault({.arguments = joined({"init", "--data", data.string(), "--json"}, options)});
  INFO(run.err);
  REQUIRE(run.status == 0);
  return Json::parse(run.out);
}

ServedVault::ServedVault(std::vector<std::string> options, std::vector<std::string> store,
                         const std::vector<std::string>& init)
    : data_(directory_.path() / "vault"),
      store_(std::move(store)),
      options_(joined(std::move(options), store_)),
      made_(initialize(data_, joined(store_, init))),
      admin_key_(made_.at("client_key")) {
  start();
}

ServedVault::ServedVault(const ServedVault& first, std::vector<std::string> options)
    : data_(directory_.path() / "vault"),
      store_(first.store_),
      options_(joined(std::move(options), store_)),
      made_(first.made_),
      admin_key_(first.admin_key_),
      transcript_(first.transcript_) {
  std::filesystem::create_directory(data_);
  std::filesystem::permissions(data_, std::filesystem::perms::owner_all);
  options_.insert(options_.end(), {"--root-key-file", (first.data_ / "root.key").string()});
  start();
}

void ServedVault::start() {
  server_.emplace(data_, options_);
}

VaultClient ServedVault::backend(const std::string& key) const {
  return {server_->port(), bearer(key), transcript_};
}

VaultClient ServedVault::front_end(const std::string& token, const std::string& device) const {
  Fields fields = bearer(token);
  fields.emplace_back("Device-Id", device);
  return {server_->port(), fields, transcript_};
}

VaultClient ServedVault::operations() const {
  return {server_->admin_port(), {}, transcript_};
}

VaultClient ServedVault::nobody() const {
  return {server_->port(), {}, transcript_};
}

Run ServedVault::run(std::vector<std::string> arguments,
                     const std::optional<std::string>& input) const {
  arguments.insert(arguments.end(), {"--data", data_.string()});
  return run_cardvault({.arguments = joined(std::move(arguments), store_), .input = input});
}

Json ServedVault::command(std::vector<std::string> arguments,
                          const std::optional<std::string>& input) const {
  arguments.emplace_back("--json");
  const Run ran = run(std::move(arguments), input);
  INFO(ran.err << ran.out);
  REQUIRE(ran.status == 0);
  return Json::parse(ran.out);
}

std::string ServedVault::add_client(const std::string& permissions) const {
  const Run run = run_cardvault({.arguments = {"client", "add", "team", "--permissions",
                                               permissions, "--data", data_.string(), "--json"}});
  INFO(run.err);
  REQUIRE(run.status == 0);
  return Json::parse(run.out).at("key");
}

Holder ServedVault::new_holder() {
  auto client = backend();
  const std::string number = std::to_string(++holders_);
  Holder holder;
  holder.wallet =
      accepted(client.post("/v1/wallets", {{"subject", "holder-" + number}}), 201).at("id");
  const Json device{{"name", "phone"}, {"fingerprint", "fingerprint-of-phone-" + number}};
  holder.device = accepted(client.post(holder.path("/devices"), device), 201).at("id");
  return holder;
}

void ServedVault::set_gesture(const Holder& holder) {
  accepted(backend().put(holder.path("/credentials/gesture"), {{"gesture", kGesture}}), 200);
}

void ServedVault::set_password(const Holder& holder) {
  accepted(backend().put(holder.path("/credentials/password"), {{"password", kPassword}}), 200);
}

std::string ServedVault::bind_card(const Holder& holder, const std::string& pan,
                                   const Json& channels) {
  Json body{{"pan", pan}};
  if (!channels.is_null()) body["channels"] = channels;
  return accepted(backend().post(holder.path("/cards"), body), 201).at("id");
}

std::string ServedVault::token(const Holder& holder, const Json& more) {
  Json body{{"device_id", holder.device}, {"scopes", {"cards:list"}}};
  body.update(more);
  return accepted(backend().post(holder.path("/tokens"), body), 201).at("token");
}

Json ServedVault::cards(const Holder& holder) {
  auto viewer = front_end(token(holder), holder.device);
  return accepted(viewer.get("/v1/cards"), 200).at("data");
}

std::string ServedVault::everything(const Holder& holder) {
  auto client = backend();
  std::string all;
  for (const char* rest :
       {"", "/devices", "/credentials/password", "/credentials/gesture", "/audit?limit=200"}) {
    Json answer = accepted(client.get(holder.path(rest)), 200);
    // The time of the last check is not part of the wallet and changes by itself.
    if (answer.contains("chain")) answer["chain"].erase("checked_at");
    all += answer.dump() + '\n';
  }
  const Json wallet = accepted(client.get(holder.path()), 200);
  if (wallet.at("state") == "active") all += cards(holder).dump();
  return all;
}

void ServedVault::advance_clock(long seconds) {
  accepted(operations().post("/v1/test/clock", {{"advance_s", seconds}}), 200);
}

long ServedVault::store_operations(const std::string& operation) {
  const std::string metrics = operations().get("/metrics").body;
  long sum = 0;
  for (const char* outcome : {"done", "conflict", "failed"}) {
    const std::string series = "\ncardvault_store_operations_total{operation=\"" + operation +
                               "\",outcome=\"" + outcome + "\"} ";
    const auto at = metrics.find(series);
    REQUIRE(at != std::string::npos);
    sum += std::stol(metrics.substr(at + series.size()));
  }
  return sum;
}

void check_problem(const Answer& answer, int status, std::string_view code) {
  INFO(answer.status << " " << answer.body);
  CHECK(answer.status == status);
  CHECK(answer.field("Content-Type") == "application/problem+json");
  CHECK(answer.field("Cache-Control") == "no-store");
  CHECK(answer.code() == code);
  CHECK_FALSE(answer.text("type").empty());
  CHECK_FALSE(answer.text("title").empty());
  CHECK_FALSE(answer.text("detail").empty());
  CHECK(answer.text("request_id").starts_with("req_"));
  CHECK(answer.text("request_id") == answer.field("Request-Id"));
  CHECK(answer.json().value("status", 0) == status);
}

void check_problem(const Answer& answer, int status, std::string_view code, std::string_view field,
                   std::string_view reason) {
  check_problem(answer, status, code);
  INFO(answer.body << " should name " << field << " as " << reason);
  const Json document = answer.json();
  REQUIRE(document.contains("errors"));
  const Json& errors = document["errors"];
  // An entry may also list the allowed values.
  CHECK(std::any_of(errors.begin(), errors.end(), [&](const Json& one) {
    return one.value("field", "") == field && one.value("reason", "") == reason;
  }));
}

}  // namespace cardvault::test
