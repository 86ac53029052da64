// The verbs of the `btfkit` command: one table that feeds the native and the JavaScript command line, and bodies that run over
// opened objects. The commands only parse arguments, open inputs and print.
#pragma once

#include <btfkit/object.hpp>
#include <btfkit/sink.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace btfkit::command {

struct Positional {
  std::string_view name;  ///< as the usage line shows it: "FILE"
  std::string_view help;
  bool required;
  bool repeatable = false;  ///< the last one of a verb may take all arguments that are left
};

struct Option {
  std::string_view name;   ///< without dashes: "color"
  char letter;             ///< short form; 0: none
  std::string_view value;  ///< placeholder of its value: "WHEN"; empty: a flag
  std::string_view help;
  std::string_view choices;  ///< comma-separated; empty: anything
  bool repeatable = false;   ///< may be given several times, each with a value
};

struct Example {
  std::string_view arguments;  ///< behind "btfkit "
  std::string_view meaning;
};

/// A parsed command line and what the platform knows: files are open, colour is decided.
struct Request {
  std::string verb;
  std::string source;                  ///< the input's name, as shown
  std::vector<std::string> arguments;  ///< positionals behind the input
  /// The options that were given, by name; a flag's value is empty.
  std::vector<std::pair<std::string, std::string>> options;
  bool json = false;  ///< see asks_for_json(); an Error is then an object on standard output
  bool color = false;
  std::optional<std::size_t> columns;  ///< of the terminal that the text goes to; none where it goes elsewhere
  std::optional<double> load_ms;       ///< how long opening took, for verbs that show it
  std::optional<Source> data;          ///< for verbs with a data_option: the bytes that are not the input
  Sink* output = nullptr;  ///< for verbs with an output_option: the file that it names; nullptr: the data go to `out`

  [[nodiscard]] bool has(std::string_view option) const;
  /// What the option was given last; `otherwise` when it was not.
  [[nodiscard]] std::string_view value(std::string_view option, std::string_view otherwise = {}) const;
  /// Everything a repeatable option was given.
  [[nodiscard]] std::vector<std::string_view> values(std::string_view option) const;
};

struct Verb {
  std::string_view name;
  std::string_view summary;  ///< one line
  std::span<const Positional> positionals;
  std::span<const Option> options;
  std::span<const Example> examples;
  int (*body)(const Request& request, const Object& object, Sink& out, Sink& err);  ///< see run()
  /// The option that names a file of bytes for Request::data, without which they come from standard input. Empty: none are
  /// needed.
  std::string_view data_option = {};
  /// Instead of `body`, for a platform's verbs that open no input.
  int (*without_input)(const Request& request, Sink& out, Sink& err) = nullptr;
  /// The option that names the file for what the verb makes, which is no text, and goes to standard output without it or for
  /// "-", if that is no terminal. A file appears, or changes, only when all of it is there and the exit code is 0.
  std::string_view output_option = {};
  bool damaged = false;      ///< opens inputs as with LoadOptions::partial, whatever is wrong with what the BTF says
  bool without_btf = false;  ///< opens inputs as with LoadOptions::without_btf; for run() without, it is not_found
};

/// What a platform adds to verbs().
struct Platform {
  /// Its own verbs. A name may have two words, "kernel list": verbs that belong together, shown together.
  std::span<const Verb> verbs;
  std::string_view inputs;  ///< what FILE may be besides, a sentence below the help of every FILE
};

// A program that wants less of the command than all, and to be smaller for it, defines the next two itself: the linker then
// takes core's, which name everything, from the archive no more. (wasm/reading.cpp; both or neither.)

/// Every verb that needs no kernel, in the order in which a newcomer needs them.
std::span<const Verb> verbs();

/// Whether a verb that reads prints JSON: Request::json. Where it is always so, link-time optimization drops what prints text.
bool writes_json(const Request& request);

/// What `btfkit --help` and, with a verb's name or the first word of several, `btfkit VERB --help` print.
std::string help(std::string_view verb = {}, const Platform& platform = {});

/// The table as JSON, for command lines that are not written in C++.
std::string verbs_json(const Platform& platform = {});

/// Whether the options ask for JSON: --json, or --format json.
bool asks_for_json(const Request& request);

/// Runs a verb. Data go to `out`, messages to `err`. Returns the exit code: 0, 1 (failed or nothing found), 2 (usage).
int run(const Request& request, const Object& object, Sink& out, Sink& err);

/// Types as a user names them: "name", "struct name" or, where nothing has that name, an id; "id 42", which no name can be
/// taken for, as a program does. Errors: not_found, with the nearest names or the kinds that there are.
Result<std::vector<Type>> types_by_text(const Object& object, std::string_view text);

/// An Error as the command shows it on stderr: "btfkit: FILE: message\n" and the last lines of its log; with `json` also as an
/// object on stdout, which has the whole log. Returns 1.
int fail(const Error& error, const Request& request, Sink& out, Sink& err);

}  // namespace btfkit::command
