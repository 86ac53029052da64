#include <btfkit/dump.hpp>
namespace btfkit {
Result<void> dump_raw(Sink&, const Spec&, const DumpOptions&) { return {}; }
Result<void> dump_json(Sink&, const Spec&, const DumpOptions&) { return {}; }
}  // namespace btfkit
