// Sorting where not every nanosecond counts: std::sort and std::stable_sort become three to six kilobytes of WebAssembly for
// every type of element and every order; these are one function for all.
#pragma once

#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

namespace btfkit::detail {

/// Whether the element at one place comes before that at another: a comparison and its type erased, good while it lives.
struct Before {
  const void* less;
  bool (*call)(const void* less, std::uint32_t a, std::uint32_t b);
};

/// The places 0 to `count` in the order of what stands there; equals keep theirs.
std::vector<std::uint32_t> sorted_places(std::size_t count, Before before);

/// The same, by a function of two places.
template <class Less>
std::vector<std::uint32_t> sorted_places(std::size_t count, const Less& less) {
  return sorted_places(count, Before{&less, [](const void* by, std::uint32_t a, std::uint32_t b) -> bool {
                                       return (*static_cast<const Less*>(by))(a, b);
                                     }});
}

/// As std::stable_sort; each element is moved twice.
template <class T, class Less>
void stable_sort(std::span<T> elements, const Less& less) {
  const auto order =
      sorted_places(elements.size(), [&](std::uint32_t a, std::uint32_t b) { return less(elements[a], elements[b]); });
  std::vector<T> unsorted(std::make_move_iterator(elements.begin()), std::make_move_iterator(elements.end()));
  for (std::size_t i = 0; i < order.size(); ++i) elements[i] = std::move(unsorted[order[i]]);
}

}  // namespace btfkit::detail
