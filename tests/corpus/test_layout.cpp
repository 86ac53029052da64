// Every struct and union of every corpus kernel against pahole: 64 and 32 bit, both byte orders.
//
// All numbers are in comments: offsets, sizes, positions of bits, holes, cache lines, the footer. They are equal but for two of
// pahole's defects, which are recognised: alignments that are impossible (`__aligned__(8)` at offset 4, for gaps that are
// really unnamed members), and footers printed for members of const anonymous structs.
//
// Texts are equal to the byte but for what is counted as one of these causes. pahole is wrong in all of them, except that with
// "packed" it often guesses what the source says, though the layout would be the same without:
//   packed        it goes by the alignment of what is in a packed member, and by 8 bytes for u64 on i386; it does not see
//                 packed structs that have holes
//   const         `T *const p` becomes `const T * p`, and a const array of const elements is const twice
//   array         `char (*p)[3]` becomes `char * p`
//   aligned       impossible alignments, see above
//   footer        see above; the name of the member is lost as well
//   float         `single double`
//   function      garbage for volatile or otherwise unusual pointers to functions
#include <algorithm>
#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>
#include <map>
#include <regex>
#include <set>

#include "support/load.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

using Lines = std::vector<std::string>;

Lines lines_of(std::string_view text) {
  Lines lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

/// The definitions of a listing, each up to its line that starts with '}'.
std::vector<Lines> definitions(std::string_view text) {
  std::vector<Lines> all(1);
  for (std::string& line : lines_of(text)) {
    const bool last = !line.empty() && line.front() == '}';
    all.back().push_back(std::move(line));
    if (last) all.emplace_back();
  }
  all.pop_back();
  return all;
}

bool is_footer(const std::string& line, const std::string& indent) {
  static const char* const starts[] = {
      "size: ",        "sum members: ", "sum bitfield members: ", "padding: ", "paddings: ",
      "member types ", "bit_padding: ", "forced alignments: ",    "flexible ", "last cacheline: "};
  return std::any_of(std::begin(starts), std::end(starts),
                     [&](const char* start) { return line.rfind(indent + "/* " + start, 0) == 0; });
}

/// Without the footers that pahole prints for members, and the blank line before each.
Lines without_inner_footers(const Lines& lines) {
  Lines kept;
  for (const std::string& line : lines) {
    const std::string indent = line.substr(0, line.find_first_not_of('\t'));
    if (indent.size() < 2 || !is_footer(line, indent)) {
      kept.push_back(line);
      continue;
    }
    if (!kept.empty() && kept.back().empty()) kept.pop_back();
  }
  return kept;
}

/// Every comment of every line but those that say what typedefs stand for.
Lines numbers(const Lines& lines) {
  Lines all;
  for (const std::string& line : lines)
    for (std::size_t at = line.find("/* "); at != std::string::npos; at = line.find("/* ", at + 1))
      if (line.compare(at, 11, "/* typedef ") != 0) all.push_back(line.substr(at, line.find("*/", at) - at));
  return all;
}

/// Whether a line has an alignment that its offset is no multiple of, or a definition one that its size is no multiple of.
bool has_impossible_alignment(const Lines& lines) {
  static const std::regex member(R"(__aligned__\((\d+)\)\)\); +/\* +(\d+)(:| ))");
  static const std::regex own(R"(^\}.*__aligned__\((\d+)\))");
  static const std::regex size(R"(/\* size: (\d+),)");
  std::smatch found;
  unsigned long bytes = 0;
  for (const std::string& line : lines) {
    if (std::regex_search(line, found, member) && std::stoul(found[2]) % std::stoul(found[1]) != 0) return true;
    if (std::regex_search(line, found, size)) bytes = std::stoul(found[1]);
    if (std::regex_search(line, found, own) && bytes % std::stoul(found[1]) != 0) return true;
  }
  return false;
}

std::string without(std::string line, const std::regex& what) {
  static const std::regex spaces(" +");
  return std::regex_replace(std::regex_replace(line, what, ""), spaces, " ");
}

/// Why a line of pahole's is not ours; empty: no known cause.
std::string cause(const std::string& theirs, const std::string& ours) {
  static const std::regex packed(R"( __attribute__\(\(__packed__\)\))");
  static const std::regex aligned(R"( __attribute__\(\(__aligned__\(\d+\)\)\))");
  static const std::regex const_word("const ");
  static const std::regex float_word("single ");
  static const std::regex name(" [a-z_]+;");
  const auto has = [](const std::string& line, const char* what) { return line.find(what) != std::string::npos; };
  if (without(theirs, packed) == without(ours, packed)) return "packed";
  if (has(ours, "__packed__") && without(theirs, packed) == without(without(ours, packed), aligned)) return "packed";
  if (without(theirs, aligned) == without(ours, aligned)) return "aligned";
  if (without(theirs, float_word) == without(ours, float_word)) return "float";
  if (has(theirs, ")(") && has(theirs, " ()(")) return "function";
  if (has(ours, "(*") && has(ours, ")[") && !has(theirs, ")[")) return "array";
  if (has(theirs, "const ") && (has(ours, "* const") || without(theirs, const_word) == without(ours, const_word)))
    return "const";
  if (has(theirs, "const") && has(ours, "* const")) return "const";
  if (has(theirs, "\t}; /*") && without(ours, name) == without(theirs, std::regex(";"))) return "footer";
  if (is_footer(theirs, "\t") && is_footer(ours, "\t") && has(theirs, "forced ") && has(ours, "forced ")) return "aligned";
  return "";
}

struct Comparison {
  std::size_t total = 0, identical = 0, numbers_wrong = 0, unknown = 0;
  std::map<std::string, std::size_t> causes;   // definitions with each
  std::map<std::string, std::size_t> excused;  // pahole's defects in numbers
  std::string first;                           // what is not accounted for
};

std::string joined(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

void compare(Lines theirs, Lines ours, Comparison& sum) {
  ++sum.total;
  if (theirs == ours) {
    ++sum.identical;
    return;
  }
  std::set<std::string> causes;
  const bool impossible = has_impossible_alignment(theirs);
  if (numbers(theirs) != numbers(ours)) {
    Lines plain = without_inner_footers(theirs);
    if (plain != theirs) causes.insert("footer"), ++sum.excused["footer"];
    const auto forced = [](const std::string& line) { return line.rfind("\t/* forced alignments: ", 0) == 0; };
    if (impossible) {
      plain.erase(std::remove_if(plain.begin(), plain.end(), forced), plain.end());
      ours.erase(std::remove_if(ours.begin(), ours.end(), forced), ours.end());
      causes.insert("aligned"), ++sum.excused["aligned"];
    }
    theirs = plain;
    if (numbers(theirs) != numbers(ours)) {
      ++sum.numbers_wrong;
      if (sum.first.empty()) sum.first = "pahole:\n" + joined(theirs) + "ours:\n" + joined(ours);
      return;
    }
  }
  bool known = theirs.size() == ours.size();
  for (std::size_t i = 0; known && i < ours.size(); ++i) {
    if (theirs[i] == ours[i]) continue;
    const std::string why = cause(theirs[i], ours[i]);
    known = !why.empty() && (why != "aligned" || impossible || ours[i].find("__packed__") != std::string::npos);
    causes.insert(why);
    if (!known && sum.first.empty()) sum.first = "pahole: " + theirs[i] + "\nours:   " + ours[i] + "\nin " + ours.front();
  }
  if (!known) {
    ++sum.unknown;
    if (sum.first.empty()) sum.first = "pahole:\n" + joined(theirs) + "ours:\n" + joined(ours);
    return;
  }
  for (const std::string& why : causes) ++sum.causes[why];
}

/// `pahole OPTIONS FILE` against the same of ours.
Comparison against_pahole(const fs::path& file, const std::string& options, const LayoutOptions& layout_options,
                          const LayoutTextOptions& text_options) {
  const Ran ran = run(tool("pahole") + ' ' + options + " '" + file.string() + "' 2>/dev/null");
  REQUIRE(ran.code == 0);
  const auto theirs = definitions(ran.out);
  REQUIRE(theirs.size() > 5000);
  const auto spec = load_spec(file);
  REQUIRE(spec);
  Layouts layouts(*spec, layout_options);
  Sink out;
  for (const Composite type : spec->types<Composite>()) {
    if (type.name().empty()) continue;
    const auto made = layouts.layout(type);
    REQUIRE(made);
    layout_text(out, *made, text_options);
  }
  const auto ours = definitions(out.text());
  // pahole leaves out some definitions whose name it has printed already.
  std::set<std::string> seen;
  Comparison sum;
  std::size_t at = 0;
  for (const Lines& definition : theirs) {
    for (; at < ours.size() && ours[at].front() != definition.front(); ++at) REQUIRE(seen.count(ours[at].front()) != 0);
    REQUIRE(at < ours.size());
    seen.insert(definition.front());
    compare(definition, ours[at++], sum);
  }
  REQUIRE(ours.size() - theirs.size() < 20);
  return sum;
}

double share(const Comparison& sum) { return 100 * static_cast<double>(sum.identical) / static_cast<double>(sum.total); }

void report(const std::string& name, const Comparison& sum) {
  std::string line = name + ": " + std::to_string(sum.total) + " definitions, " + std::to_string(sum.identical) +
                     " identical (" + std::to_string(share(sum)).substr(0, 5) + " %)";
  for (const auto& [why, count] : sum.causes) line += ", " + why + ' ' + std::to_string(count);
  for (const auto& [why, count] : sum.excused) line += "; numbers " + why + ' ' + std::to_string(count);
  WARN(line);
}

std::vector<fs::path> kernels() {
  std::vector<fs::path> files;
  for (const fs::path& file : corpus_files("kernels")) files.push_back(unpacked(file));
  files.push_back(unpacked(corpus("variants") / "amd64-6.12.107-cloud.swapped-be.btf.xz"));
  return files;
}

}  // namespace

TEST_CASE("every struct of every kernel has pahole's numbers, and nearly always its text") {
  for (const fs::path& file : kernels()) {
    CAPTURE(file.filename().string());
    const Comparison sum = against_pahole(file, "", {}, {});
    report(file.filename().string(), sum);
    INFO(sum.first);
    CHECK(sum.numbers_wrong == 0);
    CHECK(sum.unknown == 0);
    const bool i386 = file.filename().string().find("i386") != std::string::npos;
    CHECK(share(sum) >= (i386 ? 92.0 : 99.0));  // required: 95 on amd64 6.12
  }
}

TEST_CASE("so it is in hexadecimal, with other cache lines, and expanded") {
  const fs::path file = unpacked(corpus("kernels") / "amd64-6.12.107.btf.xz");
  const auto check = [&](const std::string& options, const LayoutOptions& layout_options, const LayoutTextOptions& text_options,
                         double at_least) {
    CAPTURE(options);
    const Comparison sum = against_pahole(file, options, layout_options, text_options);
    report(options, sum);
    INFO(sum.first);
    CHECK(share(sum) >= at_least);
    return sum;
  };
  CHECK(check("--hex", {}, {.hex = true}, 99).numbers_wrong == 0);
  CHECK(check("-c 32", {.cache_line = 32}, {}, 99).numbers_wrong == 0);
  const Comparison expanded = check("-E", {.expand = true}, {}, 98);
  INFO(expanded.first);
  CHECK(expanded.numbers_wrong <=
        1);  // parsed_partitions: behind a pointer pahole starts anew with every struct, not only once
}

TEST_CASE("better orders of every struct of every kernel are sound") {
  for (const fs::path& file : kernels()) {
    CAPTURE(file.filename().string());
    const auto spec = load_spec(file);
    REQUIRE(spec);
    Layouts layouts(*spec);
    std::size_t better = 0;
    std::size_t wrong = 0;
    std::uint64_t saved = 0;
    for (const Composite type : spec->types<Composite>()) {
      const auto made = layouts.reorganize(type);
      REQUIRE(made);
      const Layout& layout = made->layout;
      std::vector<bool> seen(type.vlen());
      for (const std::uint32_t i : made->order) seen.at(i) = true;
      bool sound = std::find(seen.begin(), seen.end(), false) == seen.end() && made->order.size() == type.vlen();
      sound = sound && *layouts.packed_size(type) == layout.summary.size && layout.summary.size + made->saved == type.size();
      if (made->saved != 0) {
        ++better;
        saved += made->saved;
        sound = sound && layout.unexplained_bits == 0 && !layout.summary.packed;
        std::uint64_t end = 0;  // bits
        for (std::size_t i = 0, k = 0; i < layout.members.size(); i += layout.members[i].nested + 1, ++k) {
          const LayoutMember& m = layout.members[i];
          const Member was = type.members()[made->order[k]];
          sound = sound && was.name() == m.member.name() && was.bitfield_size() == m.bitfield_size;
          sound = sound && (m.forced_alignment == 0 || m.offset % m.forced_alignment == 0);
          // An alignment that the member has now, it keeps.
          const bool aligned =
              m.bitfield_size != 0 || was.bit_offset() / 8 % m.alignment != 0 || type.size() % m.alignment != 0;
          if (spec->pointer_size() == 8 && Int::is(resolve(was.type())->kind()))
            sound = sound && (aligned || m.offset % m.alignment == 0);
          sound = sound && m.offset * 8 + m.bit_position >= end;
          end = m.offset * 8 + m.bit_position + (m.bitfield_size != 0 ? m.bitfield_size : m.size * 8);
        }
        sound = sound && end <= layout.summary.size * 8;
      }
      if (!sound && wrong++ == 0) WARN("the first one: " << type.name() << ", type " << type.id());
    }
    CHECK(wrong == 0);
    WARN(file.filename().string() << ": " << better << " structs could be smaller, by " << saved << " bytes in all");
    CHECK(better > 100);
  }
}

TEST_CASE("summaries are those of layouts") {
  const auto spec = load_spec(corpus("kernels") / "s390x-6.12.107.btf.xz");
  REQUIRE(spec);
  Layouts first(*spec);
  Layouts second(*spec);
  std::size_t different = 0;
  for (const Composite type : spec->types<Composite>()) {
    const auto summary = first.summary(type);
    const auto made = second.layout(type);
    REQUIRE(summary);
    REQUIRE(made);
    const LayoutSummary& other = made->summary;
    if (summary->size != other.size || summary->holes != other.holes || summary->hole_bytes != other.hole_bytes ||
        summary->padding != other.padding || summary->bit_holes != other.bit_holes || summary->packed != other.packed)
      ++different;
  }
  CHECK(different == 0);
}
