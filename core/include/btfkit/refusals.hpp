// refusals: what of a BTF a kernel will not take when it is loaded (BPF_BTF_LOAD), and why.
#pragma once

#include <btfkit/kernel_version.hpp>
#include <btfkit/spec.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace btfkit {

/// One reason for which a kernel refuses a BTF. It refuses the whole for the first.
struct Refusal {
  TypeId id = 0;           ///< 0: it is not about one type
  Kind kind = Kind::Void;  ///< of that type
  std::string name;        ///< of that type, as written; its first 4096 bytes
  std::string_view log;    ///< what the kernel's own log says, "Invalid name"; empty where it says nothing
  std::string sentence;    ///< why, for people: "the name 'тип' has characters other than letters, digits, _ and ."
};

struct RefusalOptions {
  KernelVersion kernel = latest_kernel;
  std::size_t most = 1000;  ///< how many are listed
};

/// What a kernel of that version will not take of a BTF as it stands: marshal() it first with options_for() that kernel, and
/// load the result. In the order in which the kernel meets them: first the records by id, then what they refer to. A type
/// appears once for its record and once for its references; types that only refer to a refused one do not appear. Empty:
/// it is taken, provided that it is in the kernel's byte order.
///
/// The rules were learnt from 6.18, older kernels are known to know less: no kinds that are newer than they are (see
/// `rewrites`), names of 127 characters at most before 6.1, no more than 65,535 elements before 7.2. What BPF programs need
/// beyond that (locks, lists, timers and kernel pointers at places where they may be) is not looked at.
std::vector<Refusal> refusals(const Spec& spec, const RefusalOptions& options = {});

}  // namespace btfkit
