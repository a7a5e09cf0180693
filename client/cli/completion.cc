#include "client/cli/completion.h"

#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "fmt/format.h"

namespace orrery::cli {
namespace {

struct Word {
  std::string text;
  std::string description;
};

// The words that may follow a command, such as "" or "worker list".
struct Level {
  std::string path;
  std::vector<Word> words;
};

// Returns `text` in one line, without characters that are special in single quotes or to zsh.
std::string PlainText(std::string_view text) {
  std::string plain;
  for (const char c : text) plain += c == '\n' ? ' ' : (c == '\'' || c == ':') ? ' ' : c;
  return plain;
}

void AppendLevels(const CLI::App& app, const std::string& path, std::vector<Level>& levels) {
  Level level{.path = path};
  const auto subcommands = app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* subcommand : subcommands) {
    level.words.push_back({subcommand->get_name(), PlainText(subcommand->get_description())});
  }
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      level.words.push_back({"--" + name, PlainText(option->get_description())});
    }
  }
  levels.push_back(std::move(level));
  for (const CLI::App* subcommand : subcommands) {
    const std::string& name = subcommand->get_name();
    AppendLevels(*subcommand, path.empty() ? name : fmt::format("{} {}", path, name), levels);
  }
}

// Returns a `case` pattern that matches every command with a name.
std::string PathPattern(const std::vector<Level>& levels) {
  std::string pattern;
  for (const Level& level : levels) {
    if (level.path.empty()) continue;
    if (!pattern.empty()) pattern += '|';
    pattern += fmt::format("'{}'", level.path);
  }
  return pattern;
}

// Returns code that sets `path` to the command in `words`, the words before the cursor.
std::string FindPath(std::string_view words, const std::vector<Level>& levels) {
  return fmt::format(
      "  local path= word\n"
      "  for word in {}; do\n"
      "    case \"${{path:+$path }}$word\" in\n"
      "      {}) path=\"${{path:+$path }}$word\" ;;\n"
      "    esac\n"
      "  done\n"
      "  case \"$path\" in\n",
      words, PathPattern(levels));
}

std::string BashScript(const std::vector<Level>& levels) {
  std::string script = "_orrery() {\n" + FindPath("\"${COMP_WORDS[@]:1:COMP_CWORD-1}\"", levels);
  for (const Level& level : levels) {
    std::string words;
    for (const Word& word : level.words) words += (words.empty() ? "" : " ") + word.text;
    script += fmt::format("    '{}') word='{}' ;;\n", level.path, words);
  }
  script +=
      "  esac\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$word\" -- \"${COMP_WORDS[COMP_CWORD]}\")\n"
      "}\n"
      "complete -o default -F _orrery orrery\n";
  return script;
}

std::string ZshScript(const std::vector<Level>& levels) {
  // zsh reserves `path` for the search path.
  std::string find_path = FindPath("\"${(@)words[2,CURRENT-1]}\"", levels);
  for (std::size_t at = 0; (at = find_path.find("path", at)) != std::string::npos; at += 7) {
    find_path.replace(at, 4, "command");
  }
  std::string script = "#compdef orrery\n_orrery() {\n  local -a candidates\n" + find_path;
  for (const Level& level : levels) {
    script += fmt::format("    '{}') candidates=(\n", level.path);
    for (const Word& word : level.words) {
      script += fmt::format("      '{}:{}'\n", word.text, word.description);
    }
    script += "    ) ;;\n";
  }
  script +=
      "  esac\n"
      "  _describe orrery candidates || _files\n"
      "}\n"
      "compdef _orrery orrery\n";
  return script;
}

std::string FishScript(const std::vector<Level>& levels) {
  // The function prints the command before the cursor; `show` and `graph show` differ.
  std::string script =
      "function __orrery_command\n"
      "  set -l command ''\n"
      "  for word in (commandline -opc)[2..-1]\n"
      "    switch (string trim -- \"$command $word\")\n"
      "      case";
  for (const Level& level : levels) {
    if (!level.path.empty()) script += fmt::format(" '{}'", level.path);
  }
  script +=
      "\n"
      "        set command (string trim -- \"$command $word\")\n"
      "    end\n"
      "  end\n"
      "  echo $command\n"
      "end\n";
  for (const Level& level : levels) {
    for (const Word& word : level.words) {
      const bool is_option = word.text.starts_with("--");
      script += fmt::format(
          "complete -c orrery -n 'test (__orrery_command) = \"{}\"' {} {} -d '{}'\n", level.path,
          is_option ? "-l" : "-f -a", word.text.substr(is_option ? 2 : 0), word.description);
    }
  }
  return script;
}

}  // namespace

std::string CompletionScript(const CLI::App& app, Shell shell) {
  std::vector<Level> levels;
  AppendLevels(app, "", levels);
  switch (shell) {
    case Shell::kBash:
      return BashScript(levels);
    case Shell::kZsh:
      return ZshScript(levels);
    case Shell::kFish:
      return FishScript(levels);
  }
  return "";
}

}  // namespace orrery::cli
