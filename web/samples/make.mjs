// Makes kernel.btf, the sample that shows what a kernel's types look like: a few well-known types of one kernel, whole, with all
// that lies in them; what they only point to is declared, not defined. The one here comes from Debian's Linux 6.12.107 for amd64:
// names, sizes and offsets, as its build recorded them; no code and no comment of the kernel is in it.
//   node web/samples/make.mjs /sys/kernel/btf/vmlinux        (after ./dev web; writes kernel.btf beside this file)
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Btf } from '../../wasm/package/dist/node.js';

/** What is looked at most, by developers of BPF programs and readers of crash dumps. */
const structs = [
  'task_struct', 'cred', 'pid', 'file', 'path', 'dentry', 'inode', 'mm_struct', 'vm_area_struct', 'page', 'linux_binprm', 'pt_regs',
  'sk_buff', 'sock', 'socket', 'iphdr', 'ipv6hdr', 'tcphdr', 'udphdr', 'ethhdr', 'bio', 'bpf_prog', 'bpf_map', 'xdp_buff', 'xdp_md', '__sk_buff',
];
const functions = [
  'do_sys_openat2', 'vfs_read', 'vfs_write', 'vfs_open', 'tcp_v4_connect', 'tcp_sendmsg', 'tcp_recvmsg', 'tcp_retransmit_skb', 'ip_rcv', 'dev_queue_xmit',
  'wake_up_new_task', 'do_exit', 'security_file_open', 'bprm_execve', 'submit_bio', 'kfree_skb_reason', 'oom_kill_process', 'bpf_map_lookup_elem', 'bpf_task_acquire', 'bpf_task_release',
];

const from = Btf.open(process.argv[2]);
const builder = new Btf.Builder({ shareSuffixes: true });
const ids = new Map([[0, 0]]);

/** Structs and unions that are defined: what is asked for and what lies in that. */
const defined = new Set();
for (const name of structs) define(from.find(name, 'struct'));

function define(type) {
  if (!type || defined.has(type.id)) return;
  if (type.kind === 'struct' || type.kind === 'union') {
    defined.add(type.id);
    for (const member of type.members) define(member.type);
  } else if (['typedef', 'const', 'volatile', 'type_tag', 'array'].includes(type.kind)) define(type.target);
}

/** The id that a type has in the sample. */
function id(type) {
  const known = ids.get(type.id);
  if (known !== undefined) return known;
  const own = builder.reserve();
  ids.set(type.id, own);
  const composite = type.kind === 'struct' || type.kind === 'union';
  const declared = composite && type.name !== '' && !defined.has(type.id);
  builder.define(own, declared ? { kind: 'forward', name: type.name, union: type.kind === 'union' } : definition(type));
  return own;
}

function definition(type) {
  const { kind, name } = type;
  switch (kind) {
    case 'int': return { kind, name, size: type.size, encoding: type.encoding, bitOffset: type.bitOffset, bits: type.bits };
    case 'float': return { kind, name, size: type.size };
    case 'forward': return { kind, name, union: type.union };
    case 'enum': case 'enum64': return { kind, name, size: type.size, signed: type.signed, values: type.values };
    case 'pointer': return { kind, typeId: id(type.target) };
    case 'const': case 'volatile': case 'restrict': return { kind, typeId: id(type.target) };
    case 'typedef': return { kind, name, typeId: id(type.target) };
    case 'type_tag': return { kind, name, attribute: type.attribute, typeId: id(type.target) };
    case 'func': return { kind, name, linkage: type.linkage, typeId: id(type.target) };
    case 'array': return { kind, count: type.count, typeId: id(type.target), indexTypeId: id(type.indexType) };
    case 'func_proto':
      return {
        kind,
        variadic: type.variadic,
        returnTypeId: id(type.returnType),
        params: type.params.map((param) => ({ name: param.name, typeId: id(param.type) })),
      };
    case 'struct': case 'union':
      return {
        kind,
        name,
        size: type.size,
        members: type.members.map((member) => ({
          name: member.name,
          typeId: id(member.type),
          bitOffset: member.bitOffset,
          bitfieldSize: member.bitfieldSize,
        })),
      };
    default:
      throw new Error(`${kind} ${name} was not expected here`);
  }
}

for (const type of defined) id(from.get(type));
for (const name of functions) {
  const type = from.find(name, 'func');
  if (type) id(type);
}
const sample = builder.build();
const path = fileURLToPath(new URL('kernel.btf', import.meta.url));
writeFileSync(path, sample.marshal());
console.log(`${path}: ${sample.typeCount} types, ${sample.marshal().length} bytes`);
