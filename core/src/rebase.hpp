// rebase before the result is sealed, for the loader, which has more to complete.
#pragma once

#include <btfkit/rebase.hpp>

namespace btfkit::detail {

/// As rebase, without what an ELF told of DATASECs.
Result<std::shared_ptr<SpecData>> rebase_records(const Spec& split, const Spec& onto, RebaseReport* report = nullptr);

}  // namespace btfkit::detail
