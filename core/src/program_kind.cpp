// What the names of sections with programs mean: the table of libbpf, whose documentation calls it "Program Types and ELF
// Sections".
#include <algorithm>
#include <array>
#include <btfkit/bpf_object.hpp>

namespace btfkit {
namespace {

enum Trait : std::uint8_t { none = 0, sleepable = 1, fragments = 2 };

/// One spelling of a section's name.
struct Row {
  std::string_view name;  ///< "kprobe+" is "kprobe" and "kprobe/TARGET"; without '+' the whole name
  std::string_view type, attach_type;
  std::uint8_t traits = none;
};

constexpr std::array rows = {
    Row{"action", "sched_act", ""},
    Row{"cgroup/bind4", "cgroup_sock_addr", "cgroup_inet4_bind"},
    Row{"cgroup/bind6", "cgroup_sock_addr", "cgroup_inet6_bind"},
    Row{"cgroup/connect4", "cgroup_sock_addr", "cgroup_inet4_connect"},
    Row{"cgroup/connect6", "cgroup_sock_addr", "cgroup_inet6_connect"},
    Row{"cgroup/connect_unix", "cgroup_sock_addr", "cgroup_unix_connect"},
    Row{"cgroup/dev", "cgroup_device", "cgroup_device"},
    Row{"cgroup/getpeername4", "cgroup_sock_addr", "cgroup_inet4_getpeername"},
    Row{"cgroup/getpeername6", "cgroup_sock_addr", "cgroup_inet6_getpeername"},
    Row{"cgroup/getpeername_unix", "cgroup_sock_addr", "cgroup_unix_getpeername"},
    Row{"cgroup/getsockname4", "cgroup_sock_addr", "cgroup_inet4_getsockname"},
    Row{"cgroup/getsockname6", "cgroup_sock_addr", "cgroup_inet6_getsockname"},
    Row{"cgroup/getsockname_unix", "cgroup_sock_addr", "cgroup_unix_getsockname"},
    Row{"cgroup/getsockopt", "cgroup_sockopt", "cgroup_getsockopt"},
    Row{"cgroup/post_bind4", "cgroup_sock", "cgroup_inet4_post_bind"},
    Row{"cgroup/post_bind6", "cgroup_sock", "cgroup_inet6_post_bind"},
    Row{"cgroup/recvmsg4", "cgroup_sock_addr", "cgroup_udp4_recvmsg"},
    Row{"cgroup/recvmsg6", "cgroup_sock_addr", "cgroup_udp6_recvmsg"},
    Row{"cgroup/recvmsg_unix", "cgroup_sock_addr", "cgroup_unix_recvmsg"},
    Row{"cgroup/sendmsg4", "cgroup_sock_addr", "cgroup_udp4_sendmsg"},
    Row{"cgroup/sendmsg6", "cgroup_sock_addr", "cgroup_udp6_sendmsg"},
    Row{"cgroup/sendmsg_unix", "cgroup_sock_addr", "cgroup_unix_sendmsg"},
    Row{"cgroup/setsockopt", "cgroup_sockopt", "cgroup_setsockopt"},
    Row{"cgroup/skb", "cgroup_skb", ""},
    Row{"cgroup/sock", "cgroup_sock", "cgroup_inet_sock_create"},
    Row{"cgroup/sock_create", "cgroup_sock", "cgroup_inet_sock_create"},
    Row{"cgroup/sock_release", "cgroup_sock", "cgroup_inet_sock_release"},
    Row{"cgroup/sysctl", "cgroup_sysctl", "cgroup_sysctl"},
    Row{"cgroup_skb/egress", "cgroup_skb", "cgroup_inet_egress"},
    Row{"cgroup_skb/ingress", "cgroup_skb", "cgroup_inet_ingress"},
    Row{"classifier", "sched_cls", ""},
    Row{"fentry+", "tracing", "trace_fentry"},
    Row{"fentry.s+", "tracing", "trace_fentry", sleepable},
    Row{"fexit+", "tracing", "trace_fexit"},
    Row{"fexit.s+", "tracing", "trace_fexit", sleepable},
    Row{"flow_dissector", "flow_dissector", "flow_dissector"},
    Row{"fmod_ret+", "tracing", "modify_return"},
    Row{"fmod_ret.s+", "tracing", "modify_return", sleepable},
    Row{"freplace+", "ext", ""},
    Row{"iter+", "tracing", "trace_iter"},
    Row{"iter.s+", "tracing", "trace_iter", sleepable},
    Row{"kprobe+", "kprobe", ""},
    Row{"kprobe.multi+", "kprobe", "trace_kprobe_multi"},
    Row{"kprobe.session+", "kprobe", "trace_kprobe_session"},
    Row{"kretprobe+", "kprobe", ""},
    Row{"kretprobe.multi+", "kprobe", "trace_kprobe_multi"},
    Row{"kretsyscall+", "kprobe", ""},
    Row{"ksyscall+", "kprobe", ""},
    Row{"lirc_mode2", "lirc_mode2", "lirc_mode2"},
    Row{"lsm+", "lsm", "lsm_mac"},
    Row{"lsm.s+", "lsm", "lsm_mac", sleepable},
    Row{"lsm_cgroup+", "lsm", "lsm_cgroup"},
    Row{"lwt_in", "lwt_in", ""},
    Row{"lwt_out", "lwt_out", ""},
    Row{"lwt_seg6local", "lwt_seg6local", ""},
    Row{"lwt_xmit", "lwt_xmit", ""},
    Row{"netfilter", "netfilter", "netfilter"},
    Row{"netkit/peer", "sched_cls", "netkit_peer"},
    Row{"netkit/primary", "sched_cls", "netkit_primary"},
    Row{"perf_event", "perf_event", ""},
    Row{"raw_tp+", "raw_tracepoint", ""},
    Row{"raw_tp.w+", "raw_tracepoint_writable", ""},
    Row{"raw_tracepoint+", "raw_tracepoint", ""},
    Row{"raw_tracepoint.w+", "raw_tracepoint_writable", ""},
    Row{"sk_lookup", "sk_lookup", "sk_lookup"},
    Row{"sk_msg", "sk_msg", "sk_msg_verdict"},
    Row{"sk_reuseport", "sk_reuseport", "sk_reuseport_select"},
    Row{"sk_reuseport/migrate", "sk_reuseport", "sk_reuseport_select_or_migrate"},
    Row{"sk_skb", "sk_skb", ""},
    Row{"sk_skb/stream_parser", "sk_skb", "sk_skb_stream_parser"},
    Row{"sk_skb/stream_verdict", "sk_skb", "sk_skb_stream_verdict"},
    Row{"sk_skb/verdict", "sk_skb", "sk_skb_verdict"},
    Row{"socket", "socket_filter", ""},
    Row{"sockops", "sock_ops", "cgroup_sock_ops"},
    Row{"struct_ops+", "struct_ops", ""},
    Row{"struct_ops.s+", "struct_ops", "", sleepable},
    Row{"syscall", "syscall", "", sleepable},
    Row{"tc", "sched_cls", ""},
    Row{"tc/egress", "sched_cls", "tcx_egress"},
    Row{"tc/ingress", "sched_cls", "tcx_ingress"},
    Row{"tcx/egress", "sched_cls", "tcx_egress"},
    Row{"tcx/ingress", "sched_cls", "tcx_ingress"},
    Row{"tp+", "tracepoint", ""},
    Row{"tp_btf+", "tracing", "trace_raw_tp"},
    Row{"tracepoint+", "tracepoint", ""},
    Row{"uprobe+", "kprobe", ""},
    Row{"uprobe.multi+", "kprobe", "trace_uprobe_multi"},
    Row{"uprobe.multi.s+", "kprobe", "trace_uprobe_multi", sleepable},
    Row{"uprobe.s+", "kprobe", "", sleepable},
    Row{"uprobe.session+", "kprobe", "trace_uprobe_session"},
    Row{"uprobe.session.s+", "kprobe", "trace_uprobe_session", sleepable},
    Row{"uretprobe+", "kprobe", ""},
    Row{"uretprobe.multi+", "kprobe", "trace_uprobe_multi"},
    Row{"uretprobe.multi.s+", "kprobe", "trace_uprobe_multi", sleepable},
    Row{"uretprobe.s+", "kprobe", "", sleepable},
    Row{"usdt+", "kprobe", ""},
    Row{"usdt.s+", "kprobe", "", sleepable},
    Row{"xdp", "xdp", "xdp"},
    Row{"xdp.frags", "xdp", "xdp", fragments},
    Row{"xdp.frags/cpumap", "xdp", "xdp_cpumap", fragments},
    Row{"xdp.frags/devmap", "xdp", "xdp_devmap", fragments},
    Row{"xdp/cpumap", "xdp", "xdp_cpumap"},
    Row{"xdp/devmap", "xdp", "xdp_devmap"},
};

constexpr std::array<std::string_view, 35> map_types = {
    "unspec",
    "hash",
    "array",
    "prog_array",
    "perf_event_array",
    "percpu_hash",
    "percpu_array",
    "stack_trace",
    "cgroup_array",
    "lru_hash",
    "lru_percpu_hash",
    "lpm_trie",
    "array_of_maps",
    "hash_of_maps",
    "devmap",
    "sockmap",
    "cpumap",
    "xskmap",
    "sockhash",
    "cgroup_storage",
    "reuseport_sockarray",
    "percpu_cgroup_storage",
    "queue",
    "stack",
    "sk_storage",
    "devmap_hash",
    "struct_ops",
    "ringbuf",
    "inode_storage",
    "task_storage",
    "bloom_filter",
    "user_ringbuf",
    "cgrp_storage",
    "arena",
    "insn_array",
};

constexpr std::array<std::string_view, 20> map_flags = {
    "BPF_F_NO_PREALLOC",      "BPF_F_NO_COMMON_LRU",  "BPF_F_NUMA_NODE",     "BPF_F_RDONLY",       "BPF_F_WRONLY",
    "BPF_F_STACK_BUILD_ID",   "BPF_F_ZERO_SEED",      "BPF_F_RDONLY_PROG",   "BPF_F_WRONLY_PROG",  "BPF_F_CLONE",
    "BPF_F_MMAPABLE",         "BPF_F_PRESERVE_ELEMS", "BPF_F_INNER_MAP",     "BPF_F_LINK",         "BPF_F_PATH_FD",
    "BPF_F_VTYPE_BTF_OBJ_FD", "BPF_F_TOKEN_FD",       "BPF_F_SEGV_ON_FAULT", "BPF_F_NO_USER_CONV", "BPF_F_RB_OVERWRITE",
};

bool matches(const Row& row, std::string_view section) {
  if (row.name.back() != '+') return section == row.name;
  const std::string_view stem = row.name.substr(0, row.name.size() - 1);
  return section.substr(0, stem.size()) == stem && (section.size() == stem.size() || section[stem.size()] == '/');
}

}  // namespace

ProgramKind program_kind(std::string_view section) {
  ProgramKind kind;
  if (!section.empty() && section.front() == '?') {
    kind.autoload = false;
    section.remove_prefix(1);
  }
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return matches(r, section); });
  if (row == rows.end()) return kind;
  kind.type = row->type;
  kind.attach_type = row->attach_type;
  kind.sleepable = (row->traits & sleepable) != 0;
  kind.fragments = (row->traits & fragments) != 0;
  if (row->name.back() == '+') kind.target = section.substr(std::min(section.size(), row->name.size()));
  return kind;
}

std::string_view map_type_name(std::uint32_t type) { return type < map_types.size() ? map_types[type] : std::string_view(); }
std::string_view map_flag_name(unsigned bit) { return bit < map_flags.size() ? map_flags[bit] : std::string_view(); }

}  // namespace btfkit
