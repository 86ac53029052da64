// The `btfkit` command: parses arguments by core's table of verbs, opens inputs, prints. What the verbs do is core's.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>

namespace {

using namespace btfkit;

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t done = write(fd, text.data(), text.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

/// What one verb's command line said.
struct Arguments {
  std::vector<std::string> positionals;
  std::map<std::string, bool, std::less<>> flags;
  std::map<std::string, std::string, std::less<>> values;
};

bool wants_color(const Arguments& arguments) {
  const auto when = arguments.values.find("color");
  if (when != arguments.values.end() && !when->second.empty() && when->second != "auto") return when->second == "always";
  const char* no_color = std::getenv("NO_COLOR");
  return (no_color == nullptr || *no_color == '\0') && isatty(STDOUT_FILENO) != 0;
}

void describe(CLI::App& app, const command::Verb& verb, Arguments& arguments) {
  std::string usage;
  std::size_t required = 0;
  for (const command::Positional& p : verb.positionals) {
    usage += (usage.empty() ? "" : " ") + (p.required ? std::string(p.name) : '[' + std::string(p.name) + ']');
    required += p.required ? 1 : 0;
  }
  std::string help;
  for (const command::Positional& p : verb.positionals)
    help += (help.empty() ? "" : "\n") + std::string(p.name) + ": " + std::string(p.help);
  app.add_option(usage, arguments.positionals, help)
      ->required(required != 0)
      ->option_text(" ")
      ->expected(static_cast<int>(required), static_cast<int>(verb.positionals.size()));
  for (const command::Option& option : verb.options) {
    std::string names = "--" + std::string(option.name);
    if (option.letter != 0) names = std::string("-") + option.letter + ',' + names;
    const std::string name(option.name);
    if (option.value.empty()) {
      app.add_flag(names, arguments.flags[name], std::string(option.help));
      continue;
    }
    auto* added = app.add_option(names, arguments.values[name], std::string(option.help))->option_text(std::string(option.value));
    if (!option.choices.empty()) added->check(CLI::IsMember(CLI::detail::split(std::string(option.choices), ',')));
  }
  std::string examples = "Examples:";
  for (const command::Example& example : verb.examples)
    examples += "\n  btfkit " + std::string(example.arguments) + "\n      " + std::string(example.meaning);
  app.footer(examples);
}

int run(const command::Verb& verb, const Arguments& arguments) {
  Sink out([](std::string_view text) { return write_all(STDOUT_FILENO, text); });
  Sink err([](std::string_view text) { return write_all(STDERR_FILENO, text); });
  command::Request request;
  request.verb = verb.name;
  request.source = arguments.positionals.front();
  request.arguments.assign(arguments.positionals.begin() + 1, arguments.positionals.end());
  request.json = arguments.flags.count("json") != 0 && arguments.flags.at("json");
  request.color = wants_color(arguments);

  const auto start = std::chrono::steady_clock::now();
  LoadOptions options;
  options.decode = &kernel::decode;
  auto object = kernel::open(request.source).and_then([&](const Source& source) { return Object::load(source, options); });
  request.load_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();

  const int code = object ? command::run(request, *object, out, err) : command::fail(object.error(), request, out, err);
  out.flush();
  err.flush();
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app{"Reads, checks and explains BTF, the type information of Linux kernels and BPF objects.", "btfkit"};
  app.set_version_flag("--version", "btfkit " BTFKIT_VERSION);
  app.require_subcommand(1);
  std::map<std::string, Arguments, std::less<>> arguments;
  for (const command::Verb& verb : command::verbs()) {
    const std::string name(verb.name);
    describe(*app.add_subcommand(name, std::string(verb.summary)), verb, arguments[name]);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  for (const command::Verb& verb : command::verbs())
    if (app.got_subcommand(std::string(verb.name))) return run(verb, arguments.at(std::string(verb.name)));
  return 2;
}
