// How packed bytes are packed, by how they begin.
#pragma once

#include <btfkit/loader.hpp>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace btfkit::detail {

/// By their magic number, of which lzma has none: its header must make sense. 64 bytes are enough to tell. Nothing when they
/// are not packed.
std::optional<Codec> codec_by_magic(std::span<const std::byte> head);

struct PackedPlace {
  Codec codec;
  std::size_t offset;
};
/// The first places, `most` at most, where something packed may begin: a magic number whose header makes sense as far as it can
/// be told without unpacking. Of random bytes few look like that, of machine code that compares with magic numbers some do.
std::vector<PackedPlace> find_packed(std::span<const std::byte> bytes, std::size_t most);

}  // namespace btfkit::detail
