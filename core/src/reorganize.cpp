#include <btfkit/layout.hpp>
namespace btfkit {
Result<std::uint64_t> Layouts::packed_size(Composite type) { return type.size(); }
Result<Reorganized> Layouts::reorganize(Composite type) { return Reorganized{.layout = *layout(type), .order={}}; }
}
