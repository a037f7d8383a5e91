#include "api/cli/usage.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>
#include <utility>

namespace cardvault::api {
namespace {

constexpr std::string_view kPrefix = "CARDVAULT_";

/// Variables of scripts, tests and docker-compose.yml. They may be set when the program runs.
constexpr std::array<std::string_view, 12> kOfScripts{
    "CARDVAULT_BUILD",        "CARDVAULT_BUILD_NETWORK",   "CARDVAULT_CACHE_DIR",
    "CARDVAULT_CLUSTER_PORT", "CARDVAULT_DEPS_DIR",        "CARDVAULT_GID",
    "CARDVAULT_PORT",         "CARDVAULT_PROMETHEUS_PORT", "CARDVAULT_SEED",
    "CARDVAULT_TEST_SEED",    "CARDVAULT_TEST_VECTORS",    "CARDVAULT_UID"};
/// Variables of the sandbox, and those that Kubernetes sets for a service named cardvault.
constexpr std::array<std::string_view, 3> kOfOthers{"CARDVAULT_SANDBOX_", "CARDVAULT_SERVICE_",
                                                    "CARDVAULT_PORT_"};

/// Levenshtein distance: how many letters to change, insert or delete.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t changed = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates) {
  const auto found = nearest(word, candidates);
  return found ? " Did you mean " + *found + "?" : std::string();
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

const CLI::App* command_in(const CLI::App& app, const std::string& name) {
  const auto all = commands_of(app);
  const auto found = std::ranges::find(all, name, [](const CLI::App* c) { return c->get_name(); });
  return found == all.end() ? nullptr : *found;
}

std::vector<std::string> names_of_commands(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : commands_of(app)) names.push_back(command->get_name());
  return names;
}

std::vector<std::string> long_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

bool has_option(const CLI::App& app, const std::string& name) {
  return app.get_option_no_throw(name) != nullptr;
}

/// Collects the paths, such as "client add", of the commands that have the option.
void commands_with(const CLI::App& app, const std::string& option, const std::string& path,
                   std::vector<std::string>& found) {
  for (const CLI::App* command : commands_of(app)) {
    const std::string name = path.empty() ? command->get_name() : path + " " + command->get_name();
    if (has_option(*command, option)) found.push_back(name);
    commands_with(*command, option, name, found);
  }
}

/// Prefers `serve`, because most files are for it.
std::optional<std::string> a_command_with(const CLI::App& app, const std::string& option) {
  std::vector<std::string> found;
  commands_with(app, option, {}, found);
  if (found.empty()) return std::nullopt;
  const auto serve = std::ranges::find(found, "serve");
  return serve == found.end() ? found.front() : *serve;
}

/// Returns "[client.add]" for the command "client add".
std::string section_of(std::string command) {
  std::ranges::replace(command, ' ', '.');
  return "[" + command + "]";
}

std::string joined(const std::vector<std::string>& words, const char* between) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : between) + word;
  return all;
}

/// Says what is wrong with one key of the file; "" if it is valid.
std::string explain_key(const CLI::App& app, const CLI::ConfigItem& item) {
  const CLI::App* command = &app;
  for (const std::string& name : item.parents) {
    const CLI::App* next = command_in(*command, name);
    if (next == nullptr) {
      return "the section [" + joined(item.parents, ".") + "] does not belong to a command." +
             did_you_mean(name, names_of_commands(*command));
    }
    command = next;
  }
  const std::string option = "--" + item.name;
  if (item.name == "++" || item.name == "--" || has_option(*command, option)) return {};
  const std::string place =
      item.parents.empty() ? "before any section" : "in [" + joined(item.parents, ".") + "]";
  std::string text = "the key \"" + item.name + "\" " + place + " is unknown.";
  if (const auto other = a_command_with(app, option)) {
    return text + " It belongs in the section " + section_of(*other) + ".";
  }
  auto candidates = long_names(*command);
  if (item.parents.empty()) candidates = long_names(*command_in(app, "serve"));
  for (std::string& name : candidates) name.erase(0, 2);
  return text + did_you_mean(item.name, candidates);
}

std::string explain_file(const CLI::App& app, const CLI::ParseError& error) {
  const auto file = app.get_config_ptr()->as<std::string>();
  const std::string subject = "The configuration file " + file;
  if (dynamic_cast<const CLI::FileError*>(&error) != nullptr) {
    return subject + " cannot be read. Check --config and CARDVAULT_CONFIG.";
  }
  for (const CLI::ConfigItem& item : app.get_config_formatter()->from_file(file)) {
    if (const auto wrong = explain_key(app, item); !wrong.empty()) return subject + ": " + wrong;
  }
  return subject + ": " + error.what();
}

/// Reads the arguments as the parser does, up to the first unknown word.
class Walk {
 public:
  Walk(const CLI::App& app, std::span<char* const> arguments) : app_(app), command_(&app) {
    for (std::size_t i = 1; i < arguments.size() && problem_.empty() && !ended_; ++i) {
      const std::string word = arguments[i];
      if (word.size() > 1 && word.starts_with('-')) {
        option(word);
      } else if (!std::exchange(skip_, false)) {
        other(word);
      }
    }
    const bool unfinished = problem_.empty() && !ended_ && !commands_of(*command_).empty();
    if (unfinished) problem_ = "A command is missing after `" + path_ + "`: " + choice();
  }
  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  void option(const std::string& word) {
    const auto equals = word.find('=');
    const std::string name = word.substr(0, equals);
    ended_ = word == "--";
    skip_ = false;
    if (ended_ || !word.starts_with("--")) return;
    if (const auto* known = command_->get_option_no_throw(name); known != nullptr) {
      skip_ = equals == std::string::npos && known->get_items_expected_max() > 0;
      return;
    }
    problem_ = unknown_option(name);
  }
  [[nodiscard]] std::string unknown_option(const std::string& name) const {
    if (command_ != &app_ && has_option(app_, name)) {
      return name + " goes before the command: cardvault " + name +
             (name == "--config" ? " FILE" : "") + path_.substr(path_.find(' ')) + " ...";
    }
    if (const auto other = a_command_with(app_, name); other && !commands_of(*command_).empty()) {
      return name + " goes after the command: cardvault " + *other + " " + name + " ...";
    }
    return "`" + path_ + "` has no option " + name + "." +
           did_you_mean(name, long_names(*command_)) + " `" + path_ + " --help` lists them.";
  }
  void other(const std::string& word) {
    const auto names = names_of_commands(*command_);
    if (names.empty()) return;
    if (const CLI::App* next = command_in(*command_, word); next != nullptr) {
      command_ = next;
      path_ += " " + word;
      return;
    }
    problem_ = "`" + path_ + "` has no command \"" + word + "\"." + did_you_mean(word, names) +
               " Commands: " + choice();
  }
  [[nodiscard]] std::string choice() const {
    return joined(names_of_commands(*command_), ", ") + ".";
  }

  const CLI::App& app_;
  const CLI::App* command_;
  std::string path_ = "cardvault";
  std::string problem_;
  bool skip_ = false;   ///< the next word is the value of an option
  bool ended_ = false;  ///< after "--": all later words are values
};

void add_variables(const CLI::App& app, std::vector<std::string>& names) {
  for (const CLI::Option* option : app.get_options()) {
    if (const auto name = option->get_envname(); !name.empty()) names.push_back(name);
  }
  for (const CLI::App* command : commands_of(app)) add_variables(*command, names);
}

bool is_anothers(std::string_view name) {
  return std::ranges::find(kOfScripts, name) != kOfScripts.end() ||
         std::ranges::any_of(kOfOthers, [&](auto prefix) { return name.starts_with(prefix); });
}

}  // namespace

std::optional<std::string> nearest(const std::string& word,
                                   const std::vector<std::string>& candidates) {
  const std::size_t far = std::min<std::size_t>(3, word.size() / 2) + 1;
  std::size_t least = far;
  std::optional<std::string> found;
  for (const std::string& candidate : candidates) {
    const std::size_t here = distance(word, candidate);
    if (here >= least) continue;
    least = here;
    found = candidate;
  }
  return found;
}

std::string explain_usage(const CLI::App& app, const CLI::ParseError& error,
                          std::span<char* const> arguments) {
  const Walk walk(app, arguments);
  if (!walk.problem().empty()) return walk.problem();
  if (dynamic_cast<const CLI::ConfigError*>(&error) != nullptr ||
      dynamic_cast<const CLI::FileError*>(&error) != nullptr) {
    return explain_file(app, error);
  }
  return std::string(error.what()) + " `" + walk.path() + " --help` shows the usage.";
}

std::vector<UnknownVariable> unknown_variables(const CLI::App& app, char* const* environment) {
  std::vector<std::string> known{"CARDVAULT_CONFIG"};
  add_variables(app, known);
  std::vector<UnknownVariable> unknown;
  for (; *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    const std::string name(entry.substr(0, entry.find('=')));
    const bool is_known = std::ranges::find(known, name) != known.end();
    if (!name.starts_with(kPrefix) || is_known || is_anothers(name)) continue;
    unknown.push_back({name, nearest(name, known).value_or("")});
  }
  return unknown;
}

}  // namespace cardvault::api
