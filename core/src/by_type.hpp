// A value for each type of a Spec, by id.
#pragma once

#include <algorithm>
#include <btfkit/detail/spec_data.hpp>
#include <vector>

namespace btfkit::detail {

/// Made up to the highest id asked for: behind a kernel's types stand twice as many functions, and nobody asks for theirs.
/// References stay valid.
template <class T>
class ByType {
 public:
  /// `end`: behind the last id.
  explicit ByType(TypeId end) : end_(end) {}
  T& operator[](TypeId id) {
    if (id >= values_.size()) grow(id);
    return values_[id];
  }

 private:
  void grow(TypeId id) {
    constexpr TypeId step = 1024;
    values_.reserve(end_);  // memory that is not written costs nothing
    values_.resize(std::min(end_, id / step * step + step));
  }

  TypeId end_;
  std::vector<T> values_;
};

}  // namespace btfkit::detail
