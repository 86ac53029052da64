// The `btfkit` command: parses arguments by core's table of verbs, opens inputs, prints. What the verbs do is core's.
#include <malloc.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/named.hpp>
#include <btfkit/kernel/open.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <new>

#include "cli_verbs.hpp"
#include "output_file.hpp"

namespace {

using namespace btfkit;

bool output_failed = false;  // a full disk, a closed descriptor

/// False when nobody reads any more (a pipe or a socket says so) or nothing can be written; only the second is worth a word.
bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t done = write(fd, text.data(), text.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0 && errno == EAGAIN) {  // somebody made the descriptor non-blocking
      pollfd writable{fd, POLLOUT, 0};
      poll(&writable, 1, -1);
      continue;
    }
    if (done < 0) {
      output_failed = output_failed || (fd == STDOUT_FILENO && errno != EPIPE && errno != ECONNRESET);
      if (output_failed) std::fprintf(stderr, "btfkit: standard output: %s\n", std::strerror(errno));
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

/// What one verb's command line said.
struct Arguments {
  std::vector<std::string> positionals;
  std::vector<std::string> more;  ///< what a repeatable last positional was given
  std::map<std::string, bool, std::less<>> flags;
  std::map<std::string, std::vector<std::string>, std::less<>> values;

  [[nodiscard]] bool has(std::string_view flag) const {
    const auto found = flags.find(flag);
    return found != flags.end() && found->second;
  }
  [[nodiscard]] std::string value(std::string_view option) const {
    const auto found = values.find(option);
    return found == values.end() || found->second.empty() ? std::string() : found->second.back();
  }
};

bool wants_color(const Arguments& arguments) {
  const std::string when = arguments.value("color");
  if (!when.empty() && when != "auto") return when == "always";
  const char* no_color = std::getenv("NO_COLOR");
  return (no_color == nullptr || *no_color == '\0') && isatty(STDOUT_FILENO) != 0;
}

/// How wide the terminal is that the output goes to.
std::optional<std::size_t> terminal_columns() {
  winsize size{};
  if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return size.ws_col;
}

void describe(CLI::App& app, const command::Verb& verb, Arguments& arguments) {
  arguments.positionals.resize(verb.positionals.size());
  for (std::size_t i = 0; i < verb.positionals.size(); ++i) {
    const command::Positional& positional = verb.positionals[i];
    const std::string name(positional.name);
    if (positional.repeatable) app.add_option(name, arguments.more)->required(positional.required);
    else app.add_option(name, arguments.positionals[i])->required(positional.required);
  }
  for (const command::Option& option : verb.options) {
    std::string names = "--" + std::string(option.name);
    if (option.letter != 0) names = std::string("-") + option.letter + ',' + names;
    const std::string name(option.name);
    if (option.value.empty()) {
      app.add_flag(names, arguments.flags[name]);
      continue;
    }
    auto* added = app.add_option(names, arguments.values[name])->allow_extra_args(false);
    if (!option.repeatable) added->multi_option_policy(CLI::MultiOptionPolicy::Throw)->expected(1);
    if (!option.choices.empty()) added->check(CLI::IsMember(CLI::detail::split(std::string(option.choices), ',')));
  }
}

/// A base that was found on disk is worth a line: it may not be the one that its user thinks of.
void tell_base(const std::string& path, Sink& err) {
  if (!path.empty() && path != "/sys/kernel/btf/vmlinux") err << "btfkit: its base is " << path << '\n';
  err.flush();
}

/// Runs a verb whose data go to a file.
int run_into(const std::string& path, command::Request& request, const Object& object, Sink& out, Sink& err) {
  command::Request of_file = request;
  of_file.source = path;
  auto file = OutputFile::create(path);
  if (!file) return command::fail(file.error(), of_file, out, err);
  Sink data([&](std::string_view bytes) { return file->write(bytes); });
  request.output = &data;
  const int code = command::run(request, object, out, err);
  data.flush();
  if (code != 0) return code;
  const auto done = file->finish();
  return done ? 0 : command::fail(done.error(), of_file, out, err);
}

int run(const command::Verb& verb, const Arguments& arguments) {
  Sink out([](std::string_view text) { return write_all(STDOUT_FILENO, text); });
  Sink err([](std::string_view text) { return write_all(STDERR_FILENO, text); });
  command::Request request;
  request.verb = verb.name;
  if (!arguments.positionals.empty()) request.source = arguments.positionals.front();
  for (std::size_t i = 1; i < arguments.positionals.size() && !arguments.positionals[i].empty(); ++i)
    request.arguments.push_back(arguments.positionals[i]);
  request.arguments.insert(request.arguments.end(), arguments.more.begin(), arguments.more.end());
  for (const auto& [name, given] : arguments.flags)
    if (given) request.options.emplace_back(name, "");
  for (const auto& [name, values] : arguments.values)
    for (const std::string& value : values) request.options.emplace_back(name, value);
  request.json = command::asks_for_json(request);
  request.color = wants_color(arguments);
  request.columns = terminal_columns();

  const auto finish = [&](int code) {
    out.flush();
    err.flush();
    return output_failed ? 1 : code;
  };

  if (verb.without_input != nullptr) return finish(verb.without_input(request, out, err));

  const std::string output = verb.output_option.empty() ? std::string() : arguments.value(verb.output_option);
  const bool to_file = !output.empty() && output != "-";
  if (output.empty() && !verb.output_option.empty() && request.has(verb.output_option)) {
    err << "btfkit: --" << verb.output_option << ": the name of the file is empty\n";
    return finish(2);
  }
  if (!verb.output_option.empty() && !to_file && isatty(STDOUT_FILENO) != 0) {
    err << "btfkit: what this makes is no text for a terminal: give --" << verb.output_option << " FILE\n";
    return finish(2);
  }

  const auto start = std::chrono::steady_clock::now();
  LoadOptions options;
  options.decode = &kernel::decode;
  options.partial = verb.damaged || arguments.has("partial");
  if (const std::string size = arguments.value("pointer-size"); !size.empty()) options.pointer_size = size == "4" ? 4 : 8;
  if (const std::string base = arguments.value("base"); !base.empty()) {
    auto opened = kernel::load_named(base, options);
    command::Request of_base = request;
    of_base.source = base;
    if (!opened) return finish(command::fail(opened.error(), of_base, out, err));
    options.base = opened->object.spec();
  }
  if (!verb.data_option.empty()) {
    const std::string given = arguments.value(verb.data_option);
    const std::string path = given.empty() ? "-" : given;
    if (path == "-" && request.source == "-") {
      err << "btfkit: standard input can't be both FILE and the bytes: give --" << verb.data_option << " FILE\n";
      return finish(2);
    }
    auto data = kernel::open(path);
    if (!data) {
      request.source = path;
      return finish(command::fail(data.error(), request, out, err));
    }
    request.data = std::move(*data);
  }
  options.without_btf = verb.without_btf;
  auto opened = kernel::load_named(request.source, options);
  request.load_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  if (!opened) return finish(command::fail(opened.error(), request, out, err));
  tell_base(opened->base, err);
  if (to_file) return finish(run_into(output, request, opened->object, out, err));
  return finish(verb.body(request, opened->object, out, err));
}

/// The verb that the command line named, one or two words of it; empty: none.
std::string used_verb(const CLI::App& app) {
  std::string words;
  for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
    at = at->get_subcommands().front();
    words += (words.empty() ? "" : " ") + at->get_name();
  }
  return words;
}

/// A wrong command line: what is wrong and where help is, on stderr.
int wrong_usage(const CLI::App& app, const std::string& what) {
  const std::string verb = used_verb(app);
  std::fprintf(stderr, "btfkit: %s\nTry 'btfkit %s--help'.\n", what.c_str(), verb.empty() ? "" : (verb + ' ').c_str());
  return 2;
}

/// Adds a verb, below the first of its words where it has two. Only the one that is used is described in full: describing all
/// costs more than a look-up.
void add_verb(CLI::App& app, const command::Verb& verb, int argc, char** argv, Arguments& arguments) {
  const std::string name(verb.name);
  const std::size_t space = name.find(' ');
  CLI::App* group = &app;
  if (space != std::string::npos) {
    const std::string first = name.substr(0, space);
    const auto there = app.get_subcommands([&](CLI::App* known) { return known->get_name() == first; });
    group = there.empty() ? app.add_subcommand(first)->require_subcommand(1) : there.front();
  }
  CLI::App* described = group->add_subcommand(name.substr(space + 1), std::string(verb.summary));
  const bool one_word = space == std::string::npos;
  const std::string used = argc < 2 ? "" : one_word || argc < 3 ? argv[1] : std::string(argv[1]) + ' ' + argv[2];
  if (used == name) describe(*described, verb, arguments);
}

}  // namespace

int main(int argc, char** argv) {
#ifdef M_MMAP_THRESHOLD  // glibc: freed memory is used again, not given back; a new page costs a microsecond
  constexpr int kept = 64 << 20;
  mallopt(M_MMAP_THRESHOLD, kept);
  mallopt(M_TRIM_THRESHOLD, kept);
#endif
  std::signal(SIGPIPE, SIG_IGN);
  std::set_new_handler([] {
    static_cast<void>(write_all(STDERR_FILENO, "btfkit: out of memory\n"));
    _exit(1);
  });
  std::vector<char*> words(argv, argv + argc);
  if (argc > 1 && std::strcmp(argv[1], "help") == 0) {  // "help VERB" is "VERB --help"
    static char option[] = "--help";
    words.erase(words.begin() + 1);
    words.push_back(option);
    argv = words.data();
  }
  CLI::App app("", "btfkit");
  app.set_version_flag("--version", "btfkit " BTFKIT_VERSION);
  app.require_subcommand(1);
  Arguments arguments;
  const command::Platform platform = cli::platform();
  for (const std::span<const command::Verb> verbs : {command::verbs(), platform.verbs})
    for (const command::Verb& verb : verbs) add_verb(app, verb, argc, argv, arguments);
  try {
    if (argc < 2) return write_all(STDERR_FILENO, command::help({}, platform)), 2;
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const std::string verb = used_verb(app);
    if (verb.empty() && argv[1][0] != '-') return wrong_usage(app, "no verb '" + std::string(argv[1]) + "'");
    if (!verb.empty() && cli::find_verb(verb) == nullptr && argc > 3)
      return wrong_usage(app, "no verb '" + verb + ' ' + argv[2] + "'");
    return write_all(STDOUT_FILENO, command::help(verb, platform)) || !output_failed ? 0 : 1;
  } catch (const CLI::CallForVersion& version) {
    return write_all(STDOUT_FILENO, std::string(version.what()) + '\n') || !output_failed ? 0 : 1;
  } catch (const CLI::ParseError& error) {
    const std::string verb = used_verb(app);
    if (argv[1][0] == '-' || cli::find_verb(verb) != nullptr) return wrong_usage(app, error.what());
    if (!verb.empty() && argc == 2) return write_all(STDERR_FILENO, command::help(verb, platform)), 2;
    const std::string word = verb.empty() ? argv[1] : verb + ' ' + argv[2];
    return wrong_usage(app, "no verb '" + word + "'");
  }
  return run(*cli::find_verb(used_verb(app)), arguments);
}
