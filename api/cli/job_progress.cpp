#include "api/cli/job_progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <thread>

#include "crypto/keys/error_codes.h"

namespace cardvault::api {
namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds kBetweenProgress{200};

std::string text_or(const json& value, const std::string& otherwise) {
  return value.is_string() ? value.get<std::string>() : otherwise;
}

/// A progress bar: one line on a terminal that is redrawn.
class Bar {
 public:
  void show(const json& job) {
    if (!shown_) return;
    const auto total = job.at("total").get<std::uint64_t>();
    const auto seen = job.at("seen").get<std::uint64_t>();
    const std::size_t filled = total == 0 ? 0 : static_cast<std::size_t>(seen * kWidth / total);
    const std::string bar = std::string(std::min(filled, kWidth), '#');
    std::fprintf(stderr, "\r[%-*s] %llu of %llu wallets  %s \033[K", static_cast<int>(kWidth),
                 bar.c_str(), static_cast<unsigned long long>(seen),
                 static_cast<unsigned long long>(total),
                 job.at("phase").get<std::string>().c_str());
  }
  ~Bar() {
    if (shown_) std::fprintf(stderr, "\r\033[K");
  }

 private:
  static constexpr std::size_t kWidth = 30;
  const bool shown_ = ::isatty(STDERR_FILENO) == 1;
};

}  // namespace

Result<json> ask_json(const Common& common, const std::string& method, const std::string& target,
                      const json& body, std::chrono::seconds patience) {
  const std::string text = body.is_null() ? std::string() : body.dump();
  TRY_VALUE(const auto answer, common.owner().ask(method, target, text, patience));
  return json::parse(answer);
}

Result<json> await_job(const Common& common, const std::string& target, Result<json> job) {
  Bar bar;
  if (!job) return job;
  const json number = job->at("number");
  while (job->at("state") == "running") {
    bar.show(*job);
    std::this_thread::sleep_for(kBetweenProgress);
    job = ask_json(common, "GET", target);
    if (!job) return job;
    if (job->at("number") != number) {
      return fail(KeyError::job_running,
                  "Another job started before the end of this job was seen. The result of this job "
                  "is in the server's log.");
    }
  }
  if (job->at("state") == "done") return job;
  return fail(ErrorCode::internal,
              text_or(job->at("error"), "The job was stopped. Start it again."));
}

}  // namespace cardvault::api
