// A small BPF program: counts the bytes that each process sends over TCP. Its object is the sample that `./dev inspect` and the
// page show when there is nothing else to look at. See golden/make for the command that compiled it.
#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

enum direction { SENT = 0, RECEIVED = 1, FAILED = -1 };

struct traffic_key {
  __u32 pid;
  enum direction direction;
};

struct traffic {
  __u64 bytes;
  __u32 calls;
  unsigned int largest : 20;
  unsigned int truncated : 1;
  char comm[16];
  union {
    __u8 v6[16];
    __u32 v4;
  } peer;
};

struct sock_common {
  unsigned short skc_family;
} __attribute__((preserve_access_index));

struct sock {
  struct sock_common __sk_common;
} __attribute__((preserve_access_index));

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 10240);
  __type(key, struct traffic_key);
  __type(value, struct traffic);
} traffic SEC(".maps");

const volatile __u32 only_pid = 0;
const volatile char prefix[8] = "curl";
__u64 errors;
__u32 threshold = 1500;

static __always_inline struct traffic *lookup(__u32 pid, enum direction direction) {
  struct traffic_key key = {.pid = pid, .direction = direction};
  return bpf_map_lookup_elem(&traffic, &key);
}

__attribute__((noinline)) int account(__u32 pid, int size) {
  struct traffic *t = lookup(pid, size < 0 ? FAILED : SENT);
  if (!t) {
    __sync_fetch_and_add(&errors, 1);
    return 0;
  }
  t->bytes += size;
  t->calls += 1;
  if (size > (int)threshold && (unsigned int)size > t->largest) t->largest = size;
  return 1;
}

SEC("fexit/tcp_sendmsg")
int BPF_PROG(on_sent, struct sock *sk, void *message, __u64 size, int result) {
  const __u32 pid = bpf_get_current_pid_tgid() >> 32;
  if (only_pid && pid != only_pid) return 0;
  if (BPF_CORE_READ(sk, __sk_common.skc_family) != 2) return 0;
  return account(pid, result);
}

char LICENSE[] SEC("license") = "GPL";
