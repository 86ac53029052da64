// The `btfkit` command: parses arguments by core's table of verbs, opens inputs, prints. What the verbs do is core's.
#include <malloc.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/named.hpp>
#include <btfkit/kernel/open.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#include "arguments.hpp"
#include "cli_verbs.hpp"
#include "output_file.hpp"

namespace {

using namespace btfkit;
using cli::Arguments;

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
  if (arguments.positionals.size() > 1)
    request.arguments.assign(arguments.positionals.begin() + 1, arguments.positionals.end());
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

/// A wrong command line: what is wrong and where help is, on stderr.
int wrong_usage(std::string_view verb, const std::string& what) {
  std::string text = "btfkit: " + what + "\nTry 'btfkit ";
  if (!verb.empty()) text.append(verb).append(" ");
  static_cast<void>(write_all(STDERR_FILENO, text + "--help'.\n"));
  return 2;
}

int print(std::string_view text) { return write_all(STDOUT_FILENO, text) || !output_failed ? 0 : 1; }

/// The first word of a verb of two words.
bool is_group(std::string_view word, const command::Platform& platform) {
  return std::any_of(platform.verbs.begin(), platform.verbs.end(), [&](const command::Verb& verb) {
    return verb.name.size() > word.size() && verb.name.substr(0, word.size()) == word && verb.name[word.size()] == ' ';
  });
}

int run(std::vector<std::string> words) {
  const command::Platform platform = cli::platform();
  if (words.empty()) return static_cast<void>(write_all(STDERR_FILENO, command::help({}, platform))), 2;
  if (words.front() == "help") {  // "help VERB" is "VERB --help"
    words.erase(words.begin());
    words.emplace_back("--help");
  }
  std::string name = words.front();
  const auto is_help = [](const std::string& word) { return word == "--help" || word == "-h"; };
  if (name == "--version") return print("btfkit " BTFKIT_VERSION "\n");
  if (is_help(name)) return print(command::help({}, platform));
  std::size_t used = 1;
  if (cli::find_verb(name) == nullptr && is_group(name, platform)) {
    if (words.size() == 1) return static_cast<void>(write_all(STDERR_FILENO, command::help(name, platform))), 2;
    if (is_help(words[1])) return print(command::help(name, platform));
    name += ' ' + words[1];
    used = 2;
  }
  const command::Verb* verb = cli::find_verb(name);
  if (verb == nullptr && used == 2) return wrong_usage(words[0], "no verb '" + name + '\'');
  if (verb == nullptr)
    return wrong_usage({}, name.front() == '-' ? "unknown option '" + name + '\'' : "no verb '" + name + '\'');
  words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(used));
  const auto arguments = cli::parse(*verb, std::move(words));
  if (!arguments) return wrong_usage(name, arguments.error());
  return arguments->help ? print(command::help(name, platform)) : run(*verb, *arguments);
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
  return run(std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
}
