// The bodies of the verbs, and what they share.
#pragma once

#include <btfkit/command.hpp>

namespace btfkit::command {

int inspect(const Request& request, const Object& object, Sink& out, Sink& err);
int stat(const Request& request, const Object& object, Sink& out, Sink& err);
int dump(const Request& request, const Object& object, Sink& out, Sink& err);
int decode(const Request& request, const Object& object, Sink& out, Sink& err);
int disasm(const Request& request, const Object& object, Sink& out, Sink& err);
int layout(const Request& request, const Object& object, Sink& out, Sink& err);
int find(const Request& request, const Object& object, Sink& out, Sink& err);
int offset(const Request& request, const Object& object, Sink& out, Sink& err);
int at(const Request& request, const Object& object, Sink& out, Sink& err);
int rewrite(const Request& request, const Object& object, Sink& out, Sink& err);
int extract(const Request& request, const Object& object, Sink& out, Sink& err);

/// What a file is, from outside to inside: "xz: ELF 64-bit, x86-64".
std::string container_text(const Object& object);

/// Bytes as they are.
void write_bytes(std::span<const std::byte> bytes, Sink& to);

/// A number as people write it: decimal, or hexadecimal behind 0x.
std::optional<std::uint64_t> number_from(std::string_view text);

/// 42 of "id 42".
std::optional<TypeId> id_from(std::string_view text);

/// A type as C, or a member of that type, in one line: what is in the braces of anonymous structs is left out.
std::string declared(Type type, std::string_view name = {});

/// A wrong command line that only the verb can tell: the sentence and where help is, to `err`. Returns 2.
int wrong_usage(const Request& request, std::string_view sentence, Sink& err);

/// Text with ANSI colours, where they are wanted.
class Styled {
 public:
  Styled(Sink& out, bool color) : out_(out), color_(color) {}
  Sink& strong(std::string_view text) { return wrapped("1", text); }
  Sink& faint(std::string_view text) { return wrapped("90", text); }
  Sink& accent(std::string_view text) { return wrapped("36", text); }
  Sink& warning(std::string_view text) { return wrapped("33", text); }

 private:
  Sink& wrapped(std::string_view code, std::string_view text) {
    if (!color_) return out_ << text;
    return out_ << "\x1b[" << code << 'm' << text << "\x1b[0m";
  }
  Sink& out_;
  bool color_;
};

}  // namespace btfkit::command
