#include <algorithm>
#include <btfkit/command.hpp>
#include <btfkit/json.hpp>
#include <charconv>

#include "find_btf.hpp"
#include "nearest.hpp"
#include "text.hpp"
#include "verbs.hpp"

namespace btfkit::command {
namespace {

/// The whole text as a number.
template <class N>
std::optional<N> whole_number(std::string_view text, int base) {
  N value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "a struct (12) and a typedef (14)"
std::string kinds_text(const std::vector<Type>& types) {
  constexpr std::size_t most = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(types.size(), most); ++i) {
    const std::string_view word = noun(types[i].kind());
    const bool vowel = std::string_view("aeiu").find(word.front()) != std::string_view::npos;
    text += i == 0 ? "" : i + 1 == types.size() ? " and " : ", ";
    text.append(vowel ? "an " : "a ").append(word).append(" (" + std::to_string(types[i].id()) + ')');
  }
  return text + (types.size() > most ? " and more" : "");
}

/// The end of a log, where its reason stands.
void log_lines(std::string_view log, bool has_all, Sink& err) {
  constexpr std::size_t most = 12;
  while (!log.empty() && log.back() == '\n') log.remove_suffix(1);
  if (log.empty() || has_all) return;
  std::size_t start = log.size();
  for (std::size_t lines = 0; lines < most && start != 0; ++lines) {
    const std::size_t before = log.rfind('\n', start - 1);
    start = before == std::string_view::npos ? 0 : before;
  }
  const auto cut = std::count(log.begin(), log.begin() + static_cast<std::ptrdiff_t>(start), '\n') + (start != 0 ? 1 : 0);
  if (cut != 0) err << "  | (" << detail::grouped(static_cast<std::uint64_t>(cut)) << " lines before these are in --json)\n";
  for (std::string_view rest = log.substr(start == 0 ? 0 : start + 1); !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    const std::size_t indent = std::min(line.find_first_not_of('\t'), line.size());
    err << "  | ";
    err.pad(2 * indent) << detail::printable(line.substr(indent)) << '\n';
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
}

}  // namespace

std::optional<std::uint64_t> number_from(std::string_view text) {
  const bool hexadecimal = text.substr(0, 2) == "0x" || text.substr(0, 2) == "0X";
  return whole_number<std::uint64_t>(text.substr(hexadecimal ? 2 : 0), hexadecimal ? 16 : 10);
}

bool Request::has(std::string_view option) const { return !values(option).empty(); }

std::string_view Request::value(std::string_view option, std::string_view otherwise) const {
  const auto given = values(option);
  return given.empty() ? otherwise : given.back();
}

std::vector<std::string_view> Request::values(std::string_view option) const {
  std::vector<std::string_view> given;
  for (const auto& [name, value] : options)
    if (name == option) given.emplace_back(value);
  return given;
}

std::optional<TypeId> id_from(std::string_view text) {
  constexpr std::string_view word = "id ";
  return text.substr(0, word.size()) == word ? whole_number<TypeId>(text.substr(word.size()), 10) : std::nullopt;
}

Result<std::vector<Type>> types_by_text(const Object& object, std::string_view text) {
  if (const auto id = id_from(text)) {
    auto type = object.spec().type(*id);
    if (!type) return unexpected(type.error());
    return std::vector<Type>{*type};
  }
  const std::size_t space = text.find(' ');
  const auto kind = space == std::string_view::npos ? std::nullopt : kind_from(text.substr(0, space));
  const std::string_view name = kind ? text.substr(space + 1) : text;
  const Kind meant = kind.value_or(Kind::Void);
  const auto is_meant = [&](Type type) {
    return !kind || type.kind() == meant || (meant == Kind::Enum && type.kind() == Kind::Enum64);
  };
  std::vector<Type> found, others;
  for (const Spec& spec : object.specs()) {
    const bool first = &spec == &object.spec();  // several BTFs share one base
    const auto add = [&](Type type, std::vector<Type>& to) {
      if (first || type.id() >= spec.first_id()) to.push_back(type);
    };
    if (kind)
      for (const Type type : spec.named(text)) add(type, found);
    for (const Type type : spec.named(name)) add(type, is_meant(type) ? found : others);
  }
  if (!found.empty()) return found;
  if (const auto id = whole_number<TypeId>(text, 10)) {
    auto type = object.spec().type(*id);
    if (!type) return unexpected(type.error());
    return std::vector<Type>{*type};
  }
  const std::string why = "no " + std::string(kind ? noun(meant) : "type") + " is called '" + detail::printable(name) + '\'';
  if (!others.empty()) return unexpected(ErrorCode::NotFound, why + "; there is " + kinds_text(others));
  const auto nearest = [&](const auto& is_wanted) {
    detail::Nearest names(name);
    for (const Spec& spec : object.specs())
      for (const Type type : spec.all_types())
        if (is_wanted(type)) names.offer(detail::beginning(type.c_name(), detail::Nearest::longest + 1));
    return names.suggestion();
  };
  std::string suggestion = nearest(is_meant);
  if (kind && suggestion.empty()) suggestion = nearest([](Type) { return true; });
  return unexpected(ErrorCode::NotFound, why + suggestion);
}

bool asks_for_json(const Request& request) { return request.has("json") || request.value("format") == "json"; }

int run(const Request& request, const Object& object, Sink& out, Sink& err) {
  const auto all = verbs();
  const auto verb = std::find_if(all.begin(), all.end(), [&](const Verb& v) { return v.name == request.verb; });
  if (verb != all.end()) {
    if (object.specs().empty() && !verb->without_btf)
      return fail(detail::no_btf(object.sections(), object.container().elf_machine), request, out, err);
    return verb->body(request, object, out, err);
  }
  err << "btfkit: no verb '" << detail::printable(request.verb) << "'\n";
  return 2;
}

int wrong_usage(const Request& request, std::string_view sentence, Sink& err) {
  err << "btfkit: " << sentence << "\nTry 'btfkit " << request.verb << " --help'.\n";
  return 2;
}

int fail(const Error& error, const Request& request, Sink& out, Sink& err) {
  if (request.json) out << "{\"error\":" << to_json(error) << "}\n";
  err << "btfkit: ";
  if (!request.source.empty()) err << detail::printable(request.source) << ": ";  // not every verb has one
  err << error.message();
  if (lacks_base(error)) err << ": --base VMLINUX";
  err << '\n';
  log_lines(error.log, request.json, err);
  return 1;
}

}  // namespace btfkit::command
