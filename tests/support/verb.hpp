// A verb of the command, run over an opened object.
#pragma once

#include <btfkit/command.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace btfkit::test {

struct Outcome {
  int code;
  std::string out, err;
};

/// Options by name; a flag's value is empty.
using Options = std::vector<std::pair<std::string, std::string>>;

struct Line {
  std::string verb;
  std::vector<std::string> arguments;
  Options options;
  bool color = false;
  std::optional<Source> data = {};          ///< for verbs that read more than the object
  std::optional<std::size_t> columns = {};  ///< of the terminal
};

inline Outcome run_verb(const Object& object, const std::string& source, const Line& line) {
  command::Request request;
  request.verb = line.verb;
  request.source = source;
  request.arguments = line.arguments;
  request.options = line.options;
  request.json = command::asks_for_json(request);
  request.color = line.color;
  request.data = line.data;
  request.columns = line.columns;
  Sink out;
  Sink err;
  const int code = command::run(request, object, out, err);
  return {code, out.take(), err.take()};
}

}  // namespace btfkit::test
