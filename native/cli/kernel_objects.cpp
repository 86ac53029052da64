// btfkit kernel list, kernel show.
#include <algorithm>
#include <btfkit/kernel/handle.hpp>
#include <btfkit/kernel/users.hpp>
#include <charconv>

#include "cli_verbs.hpp"
#include "json_writer.hpp"
#include "text.hpp"

#include "verbs.hpp"

namespace btfkit::cli {
namespace {

using btfkit::detail::grouped;
using btfkit::detail::JsonWriter;
using btfkit::detail::printable;
using command::Request;
using command::Styled;
using kernel::Handle;
using kernel::Info;
using kernel::Users;

std::string_view owner(const Info& info) { return info.module ? "module" : info.kernel ? "kernel" : "user"; }

/// Items behind a label, as many on a line as a terminal has room for.
class Items {
 public:
  Items(Sink& out, bool color, std::size_t indent) : out_(out), style_(out, color), indent_(indent) {}

  void label(std::string_view text) {
    out_.pad(indent_);
    style_.faint(text);
    out_.pad(label_width - text.size());
    column_ = start_ = indent_ + label_width;
    first_ = true;
  }
  void item(std::string_view number, std::string_view name) {
    const std::size_t width = number.size() + (name.empty() ? 0 : 1 + name.size());
    if (!first_ && column_ + 2 + width > widest) {
      out_ << ",\n";
      out_.pad(start_);
      column_ = start_;
    } else if (!first_) {
      out_ << ", ";
      column_ += 2;
    }
    style_.accent(number);
    if (!name.empty()) out_ << ' ' << name;
    column_ += width;
    first_ = false;
  }
  void end() { out_ << '\n'; }

 private:
  static constexpr std::size_t label_width = 10, widest = 80;
  Sink& out_;
  Styled style_;
  std::size_t indent_, column_ = 0, start_ = 0;
  bool first_ = true;
};

void users_text(const Users& users, Sink& out, bool color, std::size_t indent) {
  Items items(out, color, indent);
  const auto list = [&](std::string_view label, const std::vector<kernel::User>& all) {
    if (all.empty()) return;
    items.label(label);
    for (const kernel::User& user : all) items.item(std::to_string(user.id), printable(user.name));
    items.end();
  };
  list("programs", users.programs);
  list("maps", users.maps);
  if (users.processes.empty()) return;
  items.label("held by");
  for (const kernel::Process& process : users.processes) items.item(std::to_string(process.pid), printable(process.name));
  items.end();
}

void object_json(const Info& info, const Users* users, JsonWriter& json) {
  json.field("id", info.id).field("name", info.name).field("owner", owner(info)).field("size", info.size);
  const auto list = [&](std::string_view name, const std::vector<kernel::User>& all) {
    json.array(name);
    for (const kernel::User& user : all) json.object().field("id", user.id).field("name", user.name).end_object();
    json.end_array();
  };
  static const Users nobody;
  const Users& known = users == nullptr ? nobody : *users;
  list("programs", known.programs);
  list("maps", known.maps);
  json.array("processes");
  for (const kernel::Process& process : known.processes)
    json.object().field("pid", process.pid).field("name", process.name).field("direct", process.direct).end_object();
  json.end_array();
}

/// The BTF that the user means.
Result<Handle> handle_of(const std::string& text) {
  const auto number = [&](std::string_view prefix) -> std::optional<std::uint32_t> {
    if (text.compare(0, prefix.size(), prefix) != 0 || text.size() == prefix.size()) return std::nullopt;
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data() + prefix.size(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
  };
  if (const auto id = number("")) return Handle::from_id(*id);
  if (const auto id = number("id:")) return Handle::from_id(*id);
  if (const auto id = number("prog:")) return kernel::program_btf(*id);
  if (const auto id = number("map:")) return kernel::map_btf(*id);
  if (kernel::is_pinned(text)) return kernel::pinned_btf(text);
  if (text.compare(0, 7, "kernel:") == 0) return Handle::from_name(text.substr(7));
  return Handle::from_name(text == "kernel" ? "vmlinux" : text);
}

const Users* users_of(const std::map<std::uint32_t, Users>& all, std::uint32_t id) {
  const auto found = all.find(id);
  return found == all.end() ? nullptr : &found->second;
}

}  // namespace

int kernel_list(const Request& request, Sink& out, Sink& err) {
  auto objects = kernel::objects();
  if (!objects) return command::fail(objects.error(), request, out, err);
  auto users = kernel::users();
  if (!users) return command::fail(users.error(), request, out, err);
  if (request.json) {
    JsonWriter json(out);
    json.object().array("objects");
    for (const Info& info : *objects) {
      json.object();
      object_json(info, users_of(*users, info.id), json);
      json.end_object();
    }
    json.end_array().end_object();
    out << '\n';
    return 0;
  }
  // Ids only grow while a machine is up: their column is as wide as the last.
  std::size_t id_width = 6;
  for (const Info& info : *objects) id_width = std::max(id_width, std::to_string(info.id).size());
  Styled style(out, request.color);
  out.pad(id_width - 2);
  style.faint("id  owner          size  name") << '\n';
  for (const Info& info : *objects) {
    const std::string id = std::to_string(info.id), size = grouped(info.size);
    out.pad(id_width - id.size());
    style.strong(id) << "  " << owner(info);
    out.pad(6 - owner(info).size() + (size.size() < 13 ? 13 - size.size() : 1)) << size;
    if (!info.name.empty()) out << "  ", style.accent(printable(info.name));
    out << '\n';
    if (const Users* known = users_of(*users, info.id)) users_text(*known, out, request.color, 8);
  }
  return 0;
}

int kernel_show(const Request& request, Sink& out, Sink& err) {
  auto handle = handle_of(request.source);
  if (!handle) return command::fail(handle.error(), request, out, err);
  const auto info = handle->info();
  if (!info) return command::fail(info.error(), request, out, err);
  const auto spec = handle->spec();
  handle = unexpected(Error{});  // closed, so that this process is none of its users
  auto users = kernel::users();
  if (!users) return command::fail(users.error(), request, out, err);
  const Users* known = users_of(*users, info->id);
  if (request.json) {
    JsonWriter json(out);
    json.object();
    object_json(*info, known, json);
    if (spec) json.field("typeCount", spec->type_count()).field("firstId", spec->first_id());
    else json.raw_field("error", to_json(spec.error()));
    json.end_object();
    out << '\n';
    return 0;
  }
  Styled style(out, request.color);
  style.strong("BTF object " + std::to_string(info->id));
  out << (info->module ? ", of the module " : info->kernel ? ", the kernel's own, " : ", loaded by a user");
  if (info->kernel) style.accent(printable(info->name));
  out << "\n\n  size      " << grouped(info->size) << " bytes\n";
  if (!spec) style.warning("  damaged") << "   " << spec.error().message() << '\n';
  else {
    out << "  types     " << grouped(spec->type_count());
    if (spec->type_count() != 0) out << ", ids " << spec->first_id() << " to " << spec->end_id() - 1;
    out << '\n';
    if (spec->first_id() != 1) out << "  base      vmlinux, " << grouped(spec->first_id() - 1) << " types\n";
  }
  if (known != nullptr) users_text(*known, out, request.color, 2);
  return 0;
}

}  // namespace btfkit::cli
