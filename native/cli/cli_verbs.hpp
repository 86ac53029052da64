// The verbs that need the running kernel, described by the same structs as core's.
#pragma once

#include <btfkit/command.hpp>

namespace btfkit::cli {

/// Core's table, this one, and what FILE may be here: all that help, man page and completions are made of.
command::Platform platform();

/// The verb of that name ("inspect", "kernel list") in either table; nullptr: there is none.
const command::Verb* find_verb(std::string_view name);

int kernel_list(const command::Request& request, Sink& out, Sink& err);
int kernel_show(const command::Request& request, Sink& out, Sink& err);
int kernel_modules(const command::Request& request, Sink& out, Sink& err);
int kernel_load(const command::Request& request, const Object& object, Sink& out, Sink& err);

}  // namespace btfkit::cli
