// btfkit: read, check, explain BTF (BPF Type Format).
//
// Reading order of the headers:
//   error     Result<T> and Error, what every fallible call returns
//   source    Bytes and Source, where input comes from
//   kind      the 19 kinds and the table of their layouts
//   type      Type, the handle of one type, and a view for each kind
//   match     the one switch over kinds
//   spec      Spec, one loaded BTF: types by id and by name
//   loader    opening an input step by step, for platforms that can't read synchronously
//   object    Object, an opened file: its BTFs, sections and symbols
//   size      sizes and alignments
//   c_decl    one type as C
//   json      one type as JSON
//   sink      where printers write
//   command   the verbs of the command line
#pragma once

#include <btfkit/c_decl.hpp>
#include <btfkit/command.hpp>
#include <btfkit/error.hpp>
#include <btfkit/json.hpp>
#include <btfkit/kind.hpp>
#include <btfkit/loader.hpp>
#include <btfkit/match.hpp>
#include <btfkit/object.hpp>
#include <btfkit/sink.hpp>
#include <btfkit/size.hpp>
#include <btfkit/source.hpp>
#include <btfkit/spec.hpp>
#include <btfkit/type.hpp>
