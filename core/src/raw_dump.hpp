// The walk that bpftool's raw text and its JSON share: the same words of the same records in the same order. A Format knows
// what stands before, between and behind them.
#pragma once

#include <algorithm>
#include <btfkit/dump.hpp>
#include <btfkit/match.hpp>

#include "dump_limit.hpp"
#include "fast_text.hpp"
#include "text.hpp"

namespace btfkit::detail {

/// What a word belongs to: a type, or a member, value, parameter or variable of one.
enum class Level : std::uint8_t { Type, Element };

/// The words before values, put together while compiling.
template <class Format, Level level>
struct Keys {
  static constexpr Piece bitfield_size = Format::number("bitfield_size", level),
                         bits_offset = Format::number("bits_offset", level),
                         component_idx = Format::number("component_idx", level),
                         index_type_id = Format::number("index_type_id", level), nr_bits = Format::number("nr_bits", level),
                         nr_elems = Format::number("nr_elems", level), offset = Format::number("offset", level),
                         ret_type_id = Format::number("ret_type_id", level), size = Format::number("size", level),
                         type_id = Format::number("type_id", level), val = Format::number("val", level),
                         vlen = Format::number("vlen", level);
  static constexpr Piece encoding = Format::word("encoding"), fwd_kind = Format::word("fwd_kind"),
                         linkage = Format::word("linkage");
};

/// What a Format has:
///   number(key, level), word(key), list(key)    what stands before a number, a word and a list
///   begin, end, end_of_none                     of everything; the last when there is no type
///   begin_type, kinds, end_type                 before the id; between id and name, for each kind
///   begin_element, begin_variable, end_element  before an element's name; before a variable's type id
///   end_name, end_word, end_list, end_of_empty_list
///   json                                        whether commas separate elements, and what else is JSON's or the text's own
///   odd, odd_name(out, name, verbatim)          which names can't just be copied, and how those are written
template <class Format>
class RawDump {
 public:
  RawDump(Sink& out, const Spec& spec, const DumpOptions& options) : out_(out), spec_(spec), options_(options) {}

  Result<void> run() {
    for (const TypeId id : options_.types)
      if (auto type = spec_.type(id); !type) return unexpected(type.error());
    most_ = dump_limit(spec_, options_);
    start_ = out_.total();

    Pen pen = window();
    pen << Format::begin;
    const SpecData* data = spec_.data().get();
    TypeId id = 0;
    const auto print = [&](TypeId next) {
      id = next;
      pen = type(pen, Type(data, id));
      pen = line(pen);
      return !stopped_;
    };
    if (options_.types.empty())
      for (TypeId next = data->first_id; next != data->end_id && print(next);) ++next;
    else
      for (const TypeId next : options_.types)
        if (!print(next)) break;
    if (!stopped_) pen = any_ ? pen << Format::end : pen << Format::end_of_none;
    out_.wrote(pen.at);
    if (out_.total() - start_ <= most_ || out_.closed()) return {};
    return unexpected(ErrorCode::TooLarge, "the dump is longer than " + counted(most_, "byte"),
                      {{}, {}, id, id == 0 ? std::string() : printable(Type(data, id).c_name())});
  }

 private:
  using OfType = Keys<Format, Level::Type>;
  using OfElement = Keys<Format, Level::Element>;

  static constexpr std::size_t most_copied = 256;              ///< of a name; longer ones go the slow way
  static constexpr std::size_t most_line = 512 + most_copied;  ///< of which Pieces and numbers take 350 at most
  static constexpr std::size_t window_size = std::size_t{64} * 1024;

  // ---- room: lines are written into windows of the Sink's buffer, and only between windows it is asked for anything

  Pen window() {
    const Pen pen{out_.room(window_size)};
    const std::uint64_t left = most_ - std::min(out_.total() - start_, most_);
    stop_ = pen.at + static_cast<std::size_t>(std::min<std::uint64_t>(left, window_size - most_line));
    return pen;
  }
  Pen next_window(Pen pen) {
    out_.wrote(pen.at);
    pen = window();
    stopped_ = out_.total() - start_ > most_ || out_.closed();
    return pen;
  }
  /// Called before each line: from here on there is room for one.
  Pen line(Pen pen) { return pen.at > stop_ ? next_window(pen) : pen; }

  // ---- parts of a line

  Pen name(Pen pen, const SpecData* level, std::uint32_t offset) {
    static constexpr char none[16] = "(anon)";
    while (offset < level->first_string) level = level->base;
    const char* const from = offset == 0 ? none : level->string(offset);
    const std::size_t readable = offset == 0 ? sizeof none : level->end_string - offset;
    if (pen.name<Format::odd>(from, std::min(readable, most_copied))) return pen;
    out_.wrote(pen.at);
    Format::odd_name(out_, from, options_.bpftool_defects);
    return window();
  }

  static const Piece& kind(Kind kind) { return Format::kinds[is_known(kind) ? static_cast<std::size_t>(kind) : 0]; }
  static constexpr std::size_t kind_width = [] {
    std::size_t width = 0;
    for (const Piece& piece : Format::kinds) width = std::max(width, (piece.size + 15) / 16 * 16);
    return width;
  }();

  static Pen word(Pen pen, const Piece& word) { return pen.one_of<16>(word) << Format::end_word; }
  static Pen linkage(Pen pen, Linkage linkage) {
    static constexpr Piece words[] = {"static", "global", "extern", "(unknown)"};
    return word(pen << OfType::linkage, words[std::min(static_cast<std::uint32_t>(linkage), 3U)]);
  }

  Pen element(Pen pen, std::uint32_t index) {
    pen = line(pen);
    if constexpr (Format::json) {
      *pen.at = ',';
      pen.at += index != 0 ? 1 : 0;
    }
    return pen;
  }
  Pen named_element(Pen pen, Type of, std::uint32_t index, std::uint32_t name_offset) {
    pen = element(pen, index) << Format::begin_element;
    return name(pen, of.data(), name_offset) << Format::end_name;
  }
  static Pen end_list(Pen pen, std::uint32_t count) {
    return count != 0 ? pen << Format::end_list : pen << Format::end_of_empty_list;
  }

  // ---- types

  Pen type(Pen pen, Type type) {
    if constexpr (Format::json) {
      *pen.at = ',';
      pen.at += any_ ? 1 : 0;
    }
    any_ = true;
    pen << Format::begin_type << type.id();
    pen.one_of<kind_width>(kind(type.kind()));
    pen = name(pen, type.data(), type.name_offset()) << Format::end_name;
    pen = match(type, [&](auto view) { return rest(pen, view); });
    return pen << Format::end_type;
  }

  static Pen rest(Pen pen, Void /*view*/) { return pen; }
  static Pen rest(Pen pen, Unknown /*view*/) { return pen; }
  static Pen rest(Pen pen, Int t) {
    static constexpr Piece words[] = {"(none)", "SIGNED", "CHAR", "UNKN", "BOOL"};
    pen << OfType::size << t.size() << OfType::bits_offset << t.bit_offset() << OfType::nr_bits << t.bits() << OfType::encoding;
    return word(pen, words[t.encoding() <= 4 ? t.encoding() : 3]);
  }
  static Pen rest(Pen pen, Float t) { return pen << OfType::size << t.size(); }
  static Pen rest(Pen pen, Array t) {
    return pen << OfType::type_id << t.element_id() << OfType::index_type_id << t.index_type_id() << OfType::nr_elems
               << t.count();
  }
  static Pen rest(Pen pen, Forward t) {
    static constexpr Piece words[] = {"struct", "union"};
    return word(pen << OfType::fwd_kind, words[t.is_union() ? 1 : 0]);
  }
  static Pen rest(Pen pen, Referrer t) { return pen << OfType::type_id << t.target_id(); }
  static Pen rest(Pen pen, DeclTag t) {
    return pen << OfType::type_id << t.target_id() << OfType::component_idx << t.component_index();
  }
  static Pen rest(Pen pen, Func t) { return linkage(pen << OfType::type_id << t.target_id(), t.linkage()); }
  static Pen rest(Pen pen, Var t) {
    pen << OfType::type_id << t.target_id();
    if constexpr (!Format::json) pen << ',';
    return linkage(pen, t.linkage());
  }

  Pen rest(Pen pen, Composite t) {
    static constexpr Piece list = Format::list("members");
    pen << OfType::size << t.size() << OfType::vlen << t.vlen() << list;
    for (const Member m : t.members()) {
      pen = named_element(pen, t, m.index(), m.name_offset());
      pen << OfElement::type_id << m.type_id() << OfElement::bits_offset << m.raw_bit_offset();
      if (m.raw_bitfield_size() != 0) pen << OfElement::bitfield_size << m.raw_bitfield_size();
      pen << Format::end_element;
      if (stopped_) break;
    }
    return end_list(pen, t.vlen());
  }

  Pen rest(Pen pen, Enum t) {
    static constexpr Piece words[] = {"UNSIGNED", "SIGNED"}, list = Format::list("values");
    pen = word(pen << OfType::encoding, words[t.is_signed() ? 1 : 0]);
    pen << OfType::size << t.size() << OfType::vlen << t.vlen() << list;
    const bool sign_extended = Format::json && options_.bpftool_defects && !t.is_64();
    for (const EnumValue v : t.values()) {
      pen = named_element(pen, t, v.index(), v.name_offset()) << OfElement::val;
      if (v.is_signed()) pen << v.value();
      else if (!sign_extended) pen << v.bits();
      else pen << static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(v.bits())});
      if constexpr (!Format::json) {
        static constexpr Piece suffixes[] = {"ULL", "LL"};
        if (t.is_64()) pen.one_of<8>(suffixes[t.is_signed() ? 1 : 0]);
      }
      pen << Format::end_element;
      if (stopped_) break;
    }
    return end_list(pen, t.vlen());
  }

  Pen rest(Pen pen, FuncProto t) {
    static constexpr Piece list = Format::list("params");
    pen << OfType::ret_type_id << t.return_type_id() << OfType::vlen << t.vlen() << list;
    for (const Param p : t.params()) {
      pen = named_element(pen, t, p.index(), p.name_offset());
      pen << OfElement::type_id << p.type_id() << Format::end_element;
      if (stopped_) break;
    }
    return end_list(pen, t.vlen());
  }

  Pen rest(Pen pen, Datasec t) {
    static constexpr Piece list = Format::list("vars");
    pen << OfType::size << t.raw_size() << OfType::vlen << t.vlen() << list;
    for (const SectionVar v : t.raw_variables()) {
      pen = element(pen, v.index());
      pen << Format::begin_variable << v.type_id() << OfElement::offset << v.offset() << OfElement::size << v.size();
      if constexpr (!Format::json) {
        const Type type = v.type();
        pen << Piece(" (");
        pen.one_of<16>(Format::kind_names[is_known(type.kind()) ? static_cast<std::size_t>(type.kind()) : 0]);
        pen << Piece(" '");
        pen = name(pen, type.data(), type.name_offset()) << Piece("')");
      }
      pen << Format::end_element;
      if (stopped_) break;
    }
    return end_list(pen, t.vlen());
  }

  Sink& out_;
  const Spec& spec_;
  const DumpOptions& options_;
  std::uint64_t start_ = 0, most_ = 0;  ///< bytes in out_ before the dump, and of the dump
  char* stop_ = nullptr;                ///< no line begins behind it
  bool any_ = false;                    ///< a type has been written
  bool stopped_ = false;                ///< nothing more is wanted
};

}  // namespace btfkit::detail
