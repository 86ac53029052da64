#include <algorithm>
#include <btfkit/sink.hpp>

#include "describe.hpp"

namespace btfkit::describe {
namespace {

using command::Option;
using command::Positional;
using command::Verb;

/// Text as troff reads it: every character stands for itself, also in a terminal that has curly quotes.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\\': out += "\\e"; break;
      case '-': out += "\\-"; break;
      case '\'': out += "\\(aq"; break;
      case '`': out += "\\(ga"; break;
      case '^': out += "\\(ha"; break;
      case '~': out += "\\(ti"; break;
      case '"': out += "\\(dq"; break;
      default: out += c;
    }
  }
  return out;  // no line of ours begins with a dot: see line()
}

/// Running text that is troff's already, in lines of at most 80 bytes. None may begin like a request.
void filled(Sink& out, std::string_view text) {
  constexpr std::size_t widest = 80;
  while (!text.empty()) {
    std::size_t end = text.size();
    if (end > widest) {
      end = text.rfind(' ', widest);
      while (end != std::string_view::npos && end > 0 && text[end - 1] == '\\') end = text.rfind(' ', end - 1);
      if (end == std::string_view::npos || end == 0) end = std::min(text.find(' ', widest), text.size());
    }
    out << (text.front() == '.' ? "\\&" : "") << text.substr(0, end) << '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// A sentence of running text.
void line(Sink& out, std::string_view text) { filled(out, plain(text)); }

std::string bold(std::string_view text) { return "\\fB" + plain(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + plain(text) + "\\fR"; }

/// Help's sentences are fragments; a page has them begin with a capital and end with a full stop.
std::string sentence(std::string_view text, bool capital) {
  std::string out(text);
  if (capital && !out.empty() && out.front() >= 'a' && out.front() <= 'z')
    out.front() = static_cast<char>(out.front() - 'a' + 'A');
  if (!out.empty() && std::string_view(".?!").find(out.back()) == std::string_view::npos) out += '.';
  return out;
}

std::string synopsis(const Verb& verb) {
  std::string text = bold(verb.name);
  for (const Positional& p : verb.positionals) {
    std::string word = italic(p.name);
    if (!p.required) word = '[' + word + ']';
    text += "\\ " + word + (p.repeatable ? "\\|.\\|.\\|." : "");
  }
  return text;
}

std::string spelling(const Option& option) {
  std::string text = option.letter != 0 ? bold(std::string("-") + option.letter) + ", " : "";
  text += bold("--" + std::string(option.name));
  if (!option.value.empty()) text += "\\ " + italic(option.value);
  return text;
}

void option_entry(Sink& out, const Option& option) {
  out << ".TP\n" << spelling(option) << '\n';
  std::string text(option.help);
  const auto choices = split(option.choices);
  for (std::size_t i = 0; i < choices.size(); ++i)
    text += (i == 0 ? ": " : i + 1 == choices.size() ? " or " : ", ") + choices[i];
  if (option.repeatable) text += "; may be given several times";
  line(out, sentence(text, true));
}

bool same(const Option& a, const Option& b) { return a.name == b.name && a.help == b.help; }

/// Options that several verbs have are described once.
std::vector<Option> common_options(Verbs verbs) {
  std::vector<Option> all, common;
  for (const Verb& verb : verbs) all.insert(all.end(), verb.options.begin(), verb.options.end());
  for (const Option& option : all) {
    const auto is_same = [&](const Option& other) { return same(option, other); };
    if (std::count_if(all.begin(), all.end(), is_same) > 2 && std::none_of(common.begin(), common.end(), is_same))
      common.push_back(option);
  }
  return common;
}

void verb_section(Sink& out, const Verb& verb, const std::vector<Option>& common) {
  out << ".SS \"btfkit " << plain(verb.name) << "\"\n";
  line(out, sentence(verb.summary, true));
  out << ".PP\n.RS 4\n" << bold("btfkit ") << synopsis(verb) << "\\ [" << italic("options") << "]\n.RE\n";
  for (const Positional& p : verb.positionals) {
    out << ".TP\n" << italic(p.name) << (p.repeatable ? "\\|.\\|.\\|." : "") << '\n';
    line(out, sentence(p.help, true));
  }
  std::string shared;
  for (const Option& option : verb.options) {
    const bool is_common = std::any_of(common.begin(), common.end(), [&](const Option& other) { return same(option, other); });
    if (!is_common) option_entry(out, option);
    else shared += (shared.empty() ? "" : ", ") + bold("--" + std::string(option.name));
  }
  if (!shared.empty()) {
    out << ".PP\n";
    filled(out, "Common options: " + shared + '.');
  }
  if (verb.examples.empty()) return;
  out << ".PP\nExamples:\n";
  for (const command::Example& example : verb.examples) {
    out << ".TP\n" << bold("btfkit " + std::string(example.arguments)) << '\n';
    line(out, sentence(example.meaning, true));
  }
}

struct Entry {
  std::string_view term, text;
};

void entries(Sink& out, std::string_view heading, std::initializer_list<Entry> all) {
  out << ".SH " << heading << '\n';
  for (const Entry& entry : all) {
    out << ".TP\n" << bold(entry.term) << '\n';
    line(out, entry.text);
  }
}

}  // namespace

std::string man_page(Verbs verbs, const Edition& edition) {
  Sink out;
  out << ".\\\" Made from the verbs' own descriptions: see btfkit VERB --help.\n";
  out << ".TH BTFKIT 1 \"" << edition.date << "\" \"btfkit " << edition.version << "\" \"User Commands\"\n.ad l\n.nh\n";
  out << ".SH NAME\nbtfkit \\- read, check and explain BPF type information\n";
  out << ".SH SYNOPSIS\n.nf\n";
  for (const Verb& verb : verbs) out << "\\fBbtfkit\\fR " << synopsis(verb) << "\\ [" << italic("options") << "]\n";
  out << "\\fBbtfkit\\fR [" << italic("verb") << "] " << bold("--help") << "\n\\fBbtfkit\\fR " << bold("--version")
      << "\n.fi\n";

  out << ".SH DESCRIPTION\n";
  line(out, "BTF (BPF Type Format) is what a Linux kernel, its modules and BPF objects carry to describe their types.");
  out << bold("btfkit") << " reads it, checks all of it, and answers what a verb asks.\n.PP\n";
  line(out,
       "An input is raw BTF or an ELF file with a .BTF section, of 32 or 64 bits and of either byte order, whatever the "
       "machine that reads it.");
  line(out, "It may be compressed, or a compressed kernel image; of a large file only what matters is read.");
  if (!edition.inputs.empty()) line(out, "FILE is the name of a file, " + sentence(edition.inputs, false));
  out << "The name " << bold("-") << " means standard input.\n.PP\n";
  line(out, "The BTF of a module is split: it continues that of the kernel it was built for, its base.");
  filled(out, "Below " + italic("/sys/kernel/btf") + " and " + italic("/lib/modules") +
                  " the base is found by itself; elsewhere " + bold("--base") + " names it.");
  out << ".PP\n";
  line(out,
       "Types are named as in C: a name, a name behind its kind ('struct list_head') where several types share it, or an "
       "id.");

  out << ".SH VERBS\n";
  const std::vector<Option> common = common_options(verbs);
  for (const Verb& verb : verbs) verb_section(out, verb, common);

  out << ".SH COMMON OPTIONS\n";
  line(out, "Options may stand before or behind the other arguments.");
  for (const Option& option : common) option_entry(out, option);
  option_entry(out, {"help", 'h', "", "print a short help of the verb, with examples", ""});
  option_entry(out, {"version", 0, "", "print the version", ""});

  entries(out, "EXIT STATUS",
          {{"0", "It worked, and what was asked for was found."},
           {"1",
            "It failed, or nothing was found. Standard error says why in one line, which names section, offset and type; with "
            "--json an object on standard output says it too."},
           {"2", "The command line was wrong."}});
  entries(out, "ENVIRONMENT",
          {{"NO_COLOR",
            "When set to anything but nothing, output is not coloured unless --color always is given. (Without it, "
            "output to a terminal is.)"}});
  entries(out, "FILES",
          {{"/sys/kernel/btf/vmlinux", "The running kernel's BTF."},
           {"/sys/kernel/btf/MODULE", "That of a loaded module."},
           {"/lib/modules/RELEASE/", "Modules; and, as build/vmlinux or vmlinuz, the kernel that is their base."},
           {"/usr/lib/debug/boot/vmlinux-RELEASE, /boot/vmlinux-RELEASE, /boot/vmlinuz-RELEASE",
            "Kernels, also looked at for a module's base."}});
  out << ".SH SEE ALSO\n";
  out << ".BR bpftool\\-btf (8),\n.BR pahole (1),\n.BR bpf (2)\n.PP\n";
  line(out, "The format: https://docs.kernel.org/bpf/btf.html");
  return out.take();
}

}  // namespace btfkit::describe
