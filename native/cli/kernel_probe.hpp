// `btfkit kernel probe`: what the running kernel takes, and why it does not take the rest.
#pragma once

#include <btfkit/command.hpp>

namespace btfkit::command {

/// Returns 1 where something could not be found out; the reason is on `err` then.
int kernel_probe(const Request& request, Sink& out, Sink& err);

}  // namespace btfkit::command
