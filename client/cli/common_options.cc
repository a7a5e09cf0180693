#include <map>
#include <string>
#include <utility>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/status_macros.h"
#include "client/cli/commands.h"
#include "client/cpp/address.h"
#include "fmt/format.h"

namespace orrery::cli {

void AddCommonOptions(CLI::App& command, Invocation& invocation) {
  command
      .add_option(
          "--server", invocation.server,
          "Address of the controller, host:port or unix:path (default: $ORRERY_SERVER, else "
          "the controller of this machine)")
      ->type_name("ADDRESS");
  AddFormatOption(command, invocation);
}

void AddFormatOption(CLI::App& command, Invocation& invocation) {
  command
      .add_option_function<std::string>(
          "-o,--output",
          [&invocation](const std::string& format) {
            invocation.format = format == "json" ? OutputFormat::kJson : OutputFormat::kText;
          },
          "text, or json: exactly one object on standard output (default: text)")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}));
}

void AddInputOption(CLI::App& command, std::vector<std::string>& inputs) {
  command
      .add_option(
          "-i,--input", inputs,
          "Inputs: a JSON file with an object of ports and values, port=JSON, or port:path; may be "
          "repeated")
      ->type_name("INPUT")
      ->allow_extra_args(false);
}

void AddIdOption(CLI::App& command, std::optional<Uuid>& id) {
  command
      .add_option_function<std::string>(
          "--id", [&id](const std::string& text) { id = Uuid::Parse(text).value(); },
          "Id of the new workflow, a UUID or an integer (default: random)")
      ->type_name("ID")
      ->check([](const std::string& text) {
        const absl::StatusOr<Uuid> parsed = Uuid::Parse(text);
        return parsed.ok() ? std::string() : std::string(parsed.status().message());
      });
}

void AddCacheOption(CLI::App& command, std::optional<client::CacheMode>& mode,
                    const std::string& default_mode) {
  using client::CacheMode;
  static const std::map<std::string, CacheMode> kModes = {
      {"use", CacheMode::kUse}, {"refresh", CacheMode::kRefresh}, {"off", CacheMode::kOff}};
  command
      .add_option_function<std::string>(
          "--cache", [&mode](const std::string& text) { mode = kModes.at(text); },
          fmt::format(
              "Cache of cacheable tasks: use reuses and adds outcomes, refresh runs every task "
              "and replaces outcomes, off does neither (default: {})",
              default_mode))
      ->type_name("use|refresh|off")
      ->check(CLI::IsMember({"use", "refresh", "off"}));
}

CLI::Option* AddWorkflowArgument(CLI::App& command, Uuid& id) {
  return command
      .add_option_function<std::string>(
          "workflow", [&id](const std::string& text) { id = Uuid::Parse(text).value(); },
          "Id of the workflow, a UUID or an integer")
      ->type_name("WF")
      ->check([](const std::string& text) {
        const absl::StatusOr<Uuid> parsed = Uuid::Parse(text);
        return parsed.ok() ? std::string() : std::string(parsed.status().message());
      })
      ->required();
}

absl::StatusOr<client::Client> Connect(const Invocation& invocation) {
  ASSIGN_OR_RETURN(std::string address,
                   client::ResolveAddress(client::AddressSourcesFor(invocation.server)));
  return client::Client({.address = std::move(address)});
}

}  // namespace orrery::cli
