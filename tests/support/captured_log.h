#pragma once

#include <unistd.h>

#include <cstdio>
#include <string>

#include "base/log.h"

namespace cardvault::test {

/// Captures the standard error of the process during its lifetime.
class CapturedLog {
 public:
  explicit CapturedLog(log::Level level) : file_(std::tmpfile()), before_(::dup(STDERR_FILENO)) {
    ::dup2(::fileno(file_), STDERR_FILENO);
    log::set_level(level);
  }
  ~CapturedLog() {
    log::set_level(log::Level::info);
    ::dup2(before_, STDERR_FILENO);
    ::close(before_);
    std::fclose(file_);
  }
  CapturedLog(const CapturedLog&) = delete;
  CapturedLog& operator=(const CapturedLog&) = delete;

  [[nodiscard]] std::string text() const {
    std::string all;
    std::rewind(file_);
    for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_)) all += static_cast<char>(c);
    return all;
  }

 private:
  std::FILE* file_;
  int before_;
};

}  // namespace cardvault::test
