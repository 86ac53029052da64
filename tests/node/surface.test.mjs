// Everything that core can do is reachable from JavaScript: each verb of the command and each function that a public header declares
// has its counterpart here, or a reason why it has none. A new one fails this test until somebody has decided.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engine } from '../../wasm/package/dist/engine.js';
import * as btfkit from '../../wasm/package/dist/node.js';
import { declared } from './support/headers.mjs';
import { everyKind } from './support/make.mjs';

const { Btf } = btfkit;

/** A counterpart: `Btf.x` static, `Btf#x` of an instance, `Builder#x`, `struct#x` of a type of that kind, `columns.x`, `summary.x`, or an export. */
function exists(path) {
  const [, owner, sign, name] = /^(?:(\w+)([.#]))?(\w+)$/.exec(path);
  if (!owner) return name in btfkit;
  if (owner === 'Btf') return sign === '.' ? name in Btf : name in Btf.prototype || name in Btf.fromBytes(everyKind());
  if (owner === 'Builder') return name in Btf.Builder.prototype;
  if (owner === 'BtfError') return name in btfkit.BtfError.prototype || name in new btfkit.BtfError('system', '', { section: '', offset: 0, typeId: 0 });
  const btf = Btf.fromBytes(everyKind());
  if (owner === 'columns') return name in btf.columns();
  if (owner === 'summary') return name in btf.summary;
  const type = [...btf.types()].find(({ kind, members }) => kind === owner && (kind !== 'struct' || members.length > 1));
  const [element] = { member: () => btf.require('node', 'struct').members, param: () => btf.get(13).params, enumerator: () => btf.get(7).values, variable: () => btf.get(16).variables }[owner]?.() ?? [type];
  return name in element;
}

const verbs = {
  inspect: ['Btf#summary', 'Btf#programs', 'Btf#maps', 'Btf#variables', 'Btf#externs', 'Btf#relocations', 'struct#toJSON', 'struct#toC'],
  find: ['Btf#query', 'Btf#search'],
  layout: ['struct#layout', 'Btf#layouts'],
  offset: ['Btf#offset', 'Btf#member', 'struct#member'],
  at: ['Btf#at', 'struct#at'],
  dump: ['Btf#toC', 'Btf#toRaw', 'Btf#toJSON', 'Btf#dump'],
  disasm: ['Btf#disassemble'],
  decode: ['Btf#decode', 'Btf#decodeAll', 'Btf#decodeToC', 'struct#decode'],
  stat: ['Btf#stat'],
  rewrite: ['Btf#rewrite', 'Btf#marshal'],
  extract: ['Btf#extract'],
};

const none = (why) => ({ why });
const native = none('how C++ holds and moves memory or text: JavaScript has its own');
const elements = none('elements are JavaScript arrays');
const views = none('a kind is `type.kind`, which TypeScript narrows');
const terminated = none('C strings: the name without c_ is what JavaScript has');
const wire = none('as read, before it is completed: Btf.toRaw and Btf.toJSON show it');
const spelling = none('JavaScript has the spelling itself, as a string');

/** By header; a name that ends with `*` stands for all that begin so. Later ones win. */
const functions = {
  'bpf_object.hpp': {
    program_kind: 'programKind', map_type_name: 'mapTypeName', map_flag_name: 'mapFlagName', maps_of: 'Btf#maps', variables_of: 'Btf#variableSections',
    externs_of: 'Btf#externs', licence_of: 'Btf#license', kernel_version_of: 'Btf#summary',
    to_string: none('references[].text, or name and addend'), addresses_of: none('values have them in place'),
  },
  'builder.hpp': { 'Builder::add': 'Builder#add', 'Builder::reserve': 'Builder#reserve', 'Builder::define': 'Builder#define', 'Builder::copy': 'Builder#copy', 'Builder::build': 'Builder#build', 'Builder::error': none('build() throws it') },
  'c_decl.hpp': { to_c: 'struct#toC', c_declaration: 'struct#declaration' },
  'command.hpp': {
    run: 'Btf#run', 'Request::*': none('Btf.run takes a plain object'), verbs: none('the command reads them; Btf.run names them'), help: none('the command prints it'), writes_json: none('a part of a program: reading.wasm brings its own'),
    verbs_json: none('as verbs'), asks_for_json: none('Btf.run is told'), types_by_text: 'Btf#run', fail: none('errors are thrown as BtfErrors'),
  },
  'disasm.hpp': { to_string: spelling, 'Code::*': 'Btf#disassemble' },
  'dump.hpp': { dump_c: 'Btf#toC', dump_raw: 'Btf#toRaw', dump_json: 'Btf#toJSON' },
  'error.hpp': { to_string: 'BtfError#code', 'Error::message': 'BtfError#message', unexpected: native },
  'ext.hpp': {
    to_string: spelling, 'ExtRecord::*': 'Btf#ext', 'FuncInfo::*': 'Btf#ext', 'LineInfo::*': 'Btf#lines', 'CoreRelocation::*': 'Btf#relocations', 'R::*': elements, 'ExtSection::*': 'Btf#ext',
    'ExtSection::function_at': none('the records of Btf.ext are an array by ascending offset: findLast'), 'ExtSection::line_at': none('as function_at'), 'ExtSection::relocation_at': none('as function_at'),
    'Ext::sections': 'Btf#ext', 'Ext::section': 'Btf#ext', 'Ext::function_count': 'Btf#ext', 'Ext::line_count': 'Btf#ext', 'Ext::relocation_count': 'Btf#ext',
    'Ext::bytes': none('nobody needs the bytes of a .BTF.ext that Btf.ext has read'),
  },
  'instruction.hpp': { 'Instruction::*': 'decodeInstructions', decode_instruction: 'decodeInstructions', to_text: 'decodeInstructions', helper_name: 'helperName' },
  'json.hpp': { json_string: none('JSON.stringify'), to_json: 'struct#toJSON' },
  'kernel_version.hpp': { 'KernelVersion::parse': 'parseKernelVersion', to_string: spelling },
  'kind.hpp': { is_known: none("the kind 'unknown'"), row: none('core reads records, not JavaScript'), to_string: 'kindName', noun: 'kindName', kind_from: none('a kind is its name') },
  'layout.hpp': { 'Layout::*': 'struct#layout', 'Layouts::*': 'Btf#layouts', layout: 'struct#layout', layout_text: 'Btf#run' },
  'loader.hpp': { to_string: spelling, 'Loader::*': 'Btf.fromBlob', lacks_base: none('the message says it') },
  'marshal.hpp': { options_for: 'Btf#rewrite', marshal: 'Btf#marshal', applied_rewrites: 'Btf#rewrite' },
  'object.hpp': {
    'Program::is_subprogram': 'Btf#programs', 'Object::load': 'Btf.open', 'Object::specs': 'summary.specs', 'Object::spec': none('a Btf is the first of them'), 'Object::btf': 'Btf#extract',
    'Object::distilled_base': 'Btf#extract', 'Object::container': 'summary.container', 'Object::sections': 'Btf#sections', 'Object::symbols': 'Btf#symbols', 'Symbol::has_section': 'Btf#symbols', 'Object::ext': 'Btf#ext',
    'Object::programs': 'Btf#programs', 'Object::function_at': none('Btf.programs have offset and length'), 'Object::contents': 'Btf#contents', 'Object::relocations': 'Btf#elfRelocations', 'Object::warnings': 'summary.warnings',
  },
  'path.hpp': { 'Located::path': 'Btf#member', member_at: 'Btf#member', members_at: 'Btf#at', 'Gap::path': 'Btf#at', 'BitRange::bytes': none('Btf.at takes bytes; bits within are in what it gives') },
  'query.hpp': { find_types: 'Btf#query' },
  'rebase.hpp': { rebase: 'Btf#rebase' },
  'referrers.hpp': { to_string: spelling },
  'refusals.hpp': { refusals: 'Btf#refusals' },
  'relo_text.hpp': { 'CoreAccess::path': 'Btf#ext', core_access: 'Btf#ext', core_relo_text: 'Btf#relocations' },
  'search.hpp': { essential_name: 'essentialName' },
  'sink.hpp': { 'Sink::*': native },
  'size.hpp': { size_of: 'struct#byteSize', align_of: 'struct#alignment', resolve: 'struct#resolve' },
  'source.hpp': { to_string: spelling, 'Bytes::*': native, 'Source::*': native },
  'spec.hpp': {
    'V::*': elements, 'Spec::load': 'Btf.fromBytes', 'Spec::load_split': 'Btf.fromBytes', 'Spec::first_id': 'Btf#firstId', 'Spec::end_id': 'Btf#endId', 'Spec::type_count': 'Btf#typeCount', 'Spec::type': 'Btf#get',
    'Spec::types': 'Btf#types', 'Spec::all_types': none('Btf.base has the others'), 'Spec::named': 'Btf#named', 'Spec::find': 'Btf#find', 'Spec::with_essential_name': 'Btf#withEssentialName',
    'Spec::search': 'Btf#search', 'Spec::referrers': 'struct#usedBy', 'Spec::referrer_count': 'struct#usedBy', 'Spec::tags': 'struct#tags', 'Spec::header': 'summary.header', 'Spec::byte_order': 'Btf#byteOrder',
    'Spec::pointer_size': 'Btf#pointerSize', 'Spec::string': 'Btf#string', 'Spec::base': 'Btf#base', 'Spec::bytes': 'Btf#marshal', 'Spec::damage': 'Btf#summary', 'Spec::warnings': 'summary.warnings',
    'Spec::memory': none('WebAssembly memory is nothing a script could give back'), 'Spec::data': native,
  },
  'statistics.hpp': { statistics: 'Btf#stat' },
  'type.hpp': {
    to_string: spelling, 'E::*': elements, 'Element::*': elements, 'Type::id': 'struct#id', 'Type::kind': 'struct#kind', 'Type::name': 'struct#name', 'Type::vlen': 'columns.vlen', 'Type::name_offset': 'columns.nameOffset',
    'Type::is_void': views, 'Type::is': views, 'Type::kind_flag': none('what it means has names: attribute, signed, union'), 'Type::reference': 'Btf#get', 'Type::data': native, 'Type::record': native,
    'Member::name': 'member#name', 'Member::name_offset': 'columns.memberName', 'Member::type_id': 'member#typeId', 'Member::type': 'member#type', 'Member::bit_offset': 'member#bitOffset',
    'Member::bitfield_size': 'member#bitfieldSize', 'Member::raw_*': wire, 'EnumValue::name': 'enumerator#name', 'EnumValue::name_offset': wire, 'EnumValue::is_signed': 'enum#signed', 'EnumValue::value': 'enumerator#value',
    'EnumValue::bits': 'enumerator#value', 'Param::name': 'param#name', 'Param::name_offset': 'columns.memberName', 'Param::type_id': 'param#typeId', 'Param::type': 'param#type',
    'SectionVar::type_id': 'variable#typeId', 'SectionVar::type': 'variable#type', 'SectionVar::offset': 'variable#offset', 'SectionVar::size': 'variable#size',
    'Int::size': 'int#size', 'Int::encoding': 'int#encoding', 'Int::is_*': 'int#encoding', 'Int::bit_offset': 'int#bitOffset', 'Int::bits': 'int#bits', 'Referrer::target_id': 'pointer#typeId', 'Referrer::target': 'pointer#target',
    'Array::element_id': 'array#typeId', 'Array::element': 'array#target', 'Array::index_type_id': 'array#indexTypeId', 'Array::index_type': 'array#indexType', 'Array::count': 'array#count',
    'Composite::size': 'struct#size', 'Composite::is_union': views, 'Composite::members': 'struct#members', 'Enum::size': 'enum#size', 'Enum::is_signed': 'enum#signed', 'Enum::is_64': views, 'Enum::values': 'enum64#values',
    'Forward::is_union': 'forward#union', 'Func::linkage': 'func#linkage', 'FuncProto::return_type_id': 'func_proto#returnTypeId', 'FuncProto::return_type': 'func_proto#returnType', 'FuncProto::params': 'func_proto#params',
    'FuncProto::is_variadic': 'func_proto#variadic', 'FuncProto::param_count': 'func_proto#params', 'Var::linkage': 'var#linkage', 'Datasec::size': 'datasec#size', 'Datasec::variables': 'datasec#variables',
    'Datasec::fixup_error': 'datasec#error', 'Datasec::raw_*': wire, 'Float::size': 'float#size', 'DeclTag::component_index': 'decl_tag#componentIndex', 'DeclTag::is_attribute': 'decl_tag#attribute', 'TypeTag::is_attribute': 'type_tag#attribute',
  },
  'value.hpp': { decode: 'Btf#decodeToC', decode_json: 'Btf#decode' },
};

test('every verb of the command has a counterpart', () => {
  const names = JSON.parse(engine().call((glue) => glue.fact('verbs', '', 0))).verbs.map(({ name }) => name);
  assert.ok(names.length > 5);
  assert.deepEqual(Object.keys(verbs).sort(), [...names].sort());
  for (const [verb, paths] of Object.entries(verbs)) for (const path of paths) assert.ok(exists(path), `${verb}: there is no ${path}`);
});

test('every function of the public headers has a counterpart, or a reason to have none', () => {
  const headers = declared();
  const count = Object.values(headers).flat().length;
  assert.ok(count > 250, `only ${count} functions were found`);
  const used = new Set();
  for (const [header, names] of Object.entries(headers)) {
    const table = Object.entries(functions[header] ?? {});
    for (const name of names) {
      const rows = table.filter(([row]) => row === name || (row.endsWith('*') && name.startsWith(row.slice(0, -1))));
      const row = rows.find(([key]) => key === name) ?? rows.at(-1);
      for (const [key] of rows) used.add(`${header} ${key}`);
      const answer = row?.[1] ?? (name.includes('::c_') ? terminated : name.endsWith('::is') && header === 'type.hpp' ? views : undefined);
      assert.ok(answer !== undefined, `${header}: ${name} has no counterpart in JavaScript: add one, or a reason here`);
      if (typeof answer === 'string') assert.ok(exists(answer), `${header}: ${name}: there is no ${answer}`);
      else assert.ok(answer.why.length > 0);
    }
    for (const [key] of table) assert.ok(used.has(`${header} ${key}`), `${header}: ${key} is no longer declared`);
  }
  assert.deepEqual(Object.keys(functions).filter((header) => !(header in headers)), []);
});
