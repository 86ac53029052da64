// btfkit: read, check, explain BTF (BPF Type Format).
//
// Reading order of the headers:
//   error     Result<T> and Error, what every fallible call returns
//   source    Bytes and Source, where input comes from
//   kind      the 19 kinds and the table of their layouts
//   type      Type, the handle of one type, and a view for each kind
//   match     the one switch over kinds
//   search    what to look for in names, essential names
//   referrers references, seen from the type that is referred to
//   spec      Spec, one loaded BTF: types by id and by name
//   loader    opening an input step by step, for platforms that can't read synchronously
//   ext       Ext, what .BTF.ext says of each section: functions, source lines, CO-RE relocations
//   object    Object, an opened file: its BTFs, sections and symbols
//   bpf_object what a BPF object defines: what its programs are for, maps, global variables, externs
//   statistics where the bytes go
//   rebase    a module's BTF moved from its distilled base onto a kernel's
//   size      sizes and alignments
//   path      members by path, and what is at an offset
//   c_decl    one type as C
//   relo_text what a CO-RE relocation speaks of
//   layout    where members are, with holes, padding and cache lines; better orders
//   query     types that satisfy conditions
//   json      one type as JSON
//   value     bytes as a value of a type: C initialisers, JSON
//   instruction one BPF instruction, its fields and its text
//   disasm    the code of a BPF object
//   dump      whole BTFs as C, raw text, JSON
//   builder   Builder, BTF made of definitions and copies
//   kernel_version  releases of kernels
//   marshal   a Spec back to bytes, as older kernels want it too
//   refusals  what a kernel of a version will not take
//   sink      where printers write
//   command   the verbs of the command line
#pragma once

#include <btfkit/bpf_object.hpp>
#include <btfkit/builder.hpp>
#include <btfkit/c_decl.hpp>
#include <btfkit/command.hpp>
#include <btfkit/disasm.hpp>
#include <btfkit/dump.hpp>
#include <btfkit/error.hpp>
#include <btfkit/ext.hpp>
#include <btfkit/instruction.hpp>
#include <btfkit/json.hpp>
#include <btfkit/kernel_version.hpp>
#include <btfkit/kind.hpp>
#include <btfkit/layout.hpp>
#include <btfkit/loader.hpp>
#include <btfkit/marshal.hpp>
#include <btfkit/match.hpp>
#include <btfkit/object.hpp>
#include <btfkit/path.hpp>
#include <btfkit/query.hpp>
#include <btfkit/rebase.hpp>
#include <btfkit/referrers.hpp>
#include <btfkit/refusals.hpp>
#include <btfkit/relo_text.hpp>
#include <btfkit/search.hpp>
#include <btfkit/sink.hpp>
#include <btfkit/size.hpp>
#include <btfkit/source.hpp>
#include <btfkit/spec.hpp>
#include <btfkit/statistics.hpp>
#include <btfkit/type.hpp>
#include <btfkit/value.hpp>
