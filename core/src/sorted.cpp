#include "sorted.hpp"

#include <algorithm>
#include <numeric>

namespace btfkit::detail {

/// Merges runs of 1, 2, 4... places.
std::vector<std::uint32_t> sorted_places(std::size_t count, Before before) {
  std::vector<std::uint32_t> places(count), merged(count);
  std::iota(places.begin(), places.end(), 0U);
  for (std::size_t run = 1; run < count; run *= 2) {
    for (std::size_t begin = 0; begin < count;) {
      const std::size_t middle = begin + std::min(run, count - begin), end = middle + std::min(run, count - middle);
      for (std::size_t left = begin, right = middle; begin < end; ++begin) {
        const bool take_right = left == middle || (right < end && before.call(before.less, places[right], places[left]));
        merged[begin] = places[take_right ? right++ : left++];
      }
    }
    places.swap(merged);
  }
  return places;
}

}  // namespace btfkit::detail
