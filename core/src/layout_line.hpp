// The line of a usual member, written in one go: a type with a name, perhaps const, behind pointers or in an array. Nine of ten
// members of a kernel are like that, and a listing of all structs is little else. The same text as by Spelling.
#pragma once

#include <btfkit/layout.hpp>

namespace btfkit::detail {

/// "struct page *              page;                 /*     0     8 */" behind at most 16 tabs, the type padded to `width`
/// columns, the comment behind `columns` ones. `names` is the level that names of members are usually from. `last`: a flexible
/// array may be written as name[]. False, with nothing written, for members that are not usual: what is shown in place,
/// functions, volatile, forced alignments, names with control characters, huge numbers.
bool usual_line(Sink& out, const LayoutMember& m, const SpecData& names, std::size_t tabs, int width, int columns, bool last);

/// `text` has no control characters.
bool is_plain(std::string_view text);

}  // namespace btfkit::detail
