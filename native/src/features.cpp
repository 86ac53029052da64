#include <sys/utsname.h>

#include <btfkit/kernel/features.hpp>
#include <cerrno>
#include <cstring>

#include "denied.hpp"
#include "prober.hpp"

namespace btfkit::kernel {

std::string_view to_string(Answer answer) {
  switch (answer) {
    case Answer::No: return "no";
    case Answer::Yes: return "yes";
    case Answer::Unknown: break;
  }
  return "unknown";
}

namespace detail {
namespace {

/// Whether the running kernel is too old for a feature; false when uname's words can't be read.
bool too_old_for(const Feature& feature) {
  utsname name{};
  if (uname(&name) != 0) return false;
  const auto running = KernelVersion::parse(name.release);
  return running && *running < feature.since;
}

bool is_permission(int error) { return error == EPERM || error == EACCES; }

}  // namespace

std::string explain(const Feature& feature, const Finding& finding) {
  if (finding.answer == Answer::Yes) return {};
  const std::string since = to_string(feature.since);
  if (is_looked_up(feature) && finding.error == ENOENT)
    return finding.answer == Answer::No ? "there is no BTF of this kernel: it was built without CONFIG_DEBUG_INFO_BTF"
                                        : "sysfs is not mounted on /sys";
  if (finding.answer == Answer::No) {
    return too_old_for(feature)
               ? "needs Linux " + since + " or later"
               : "Linux " + since + " and later should have it, this one has not: " + std::strerror(finding.error);
  }
  if (is_permission(finding.error) && !is_looked_up(feature)) return denied("loading BTF", Capability::Bpf, true).text;
  if (finding.error == ENOSYS)
    return "there is no bpf(2): the kernel was built without CONFIG_BPF_SYSCALL, or a filter hides it";
  return std::strerror(finding.error);
}

std::vector<Probed> Prober::run(const ProbeOptions& options) {
  const std::lock_guard lock(mutex_);
  std::vector<Probed> all;
  for (std::size_t i = 0; i < feature_table.size(); ++i) {
    const Feature& feature = feature_table[i];
    if (found_[i].answer == Answer::Unknown) found_[i] = ask(feature, options);
    const Finding& found = found_[i];
    all.push_back({&feature, found.answer, explain(feature, found),
                   is_permission(found.error) ? ErrorCode::Permission : ErrorCode::System});
  }
  return all;
}

}  // namespace detail

namespace {

/// The process's own. It is never destroyed, so that it may be used until the very end.
detail::Prober& prober() {
  static auto* const one = new detail::Prober;
  return *one;
}

}  // namespace

std::vector<Probed> probe(const ProbeOptions& options) { return prober().run(options); }

Result<Features> features(const ProbeOptions& options) {
  Features all;
  for (const Probed& probed : probe(options)) {
    if (probed.answer == Answer::Unknown && !detail::is_looked_up(*probed.feature))
      return unexpected(probed.code, "can't find out what this kernel takes: " + probed.why);
    all.*probed.feature->has = probed.answer == Answer::Yes;
  }
  return all;
}

MarshalOptions marshal_options(const Features& features) {
  MarshalOptions options = options_for(latest_kernel);
  options.func_linkage_static = !features.func_linkage;
  options.no_func = !features.func;
  options.no_datasec = !features.datasec;
  options.no_float = !features.floats;
  options.no_decl_tag = !features.decl_tag;
  options.no_type_tag = !features.type_tag;
  options.no_enum64 = !features.enum64;
  options.no_question_mark_names = !features.question_mark_names;
  options.no_tag_kind_flag = !features.tag_kind_flag;
  if (!features.layout) options.layout = LayoutSection::Drop;
  return options;
}

}  // namespace btfkit::kernel
