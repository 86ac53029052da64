#include "nearest.hpp"

#include <algorithm>
#include <array>

#include "text.hpp"

namespace btfkit::detail {

std::size_t Nearest::distance(std::string_view name) const {
  const std::size_t too_far = farthest() + 1;
  if (name.empty() || name.size() > longest || wanted_.size() > longest) return too_far;
  if (std::max(name.size(), wanted_.size()) - std::min(name.size(), wanted_.size()) > farthest()) return too_far;
  std::array<std::size_t, longest + 1> row;  // of the table of distances between all beginnings of both
  for (std::size_t j = 0; j <= name.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= wanted_.size(); ++i) {
    std::size_t diagonal = i - 1;
    std::size_t least = row[0] = i;
    for (std::size_t j = 1; j <= name.size(); ++j) {
      const std::size_t replaced = diagonal + (wanted_[i - 1] == name[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
      least = std::min(least, row[j]);
    }
    if (least >= too_far) return too_far;
  }
  return row[name.size()];
}

void Nearest::offer(std::string_view name) {
  constexpr std::size_t kept = 3;
  const Candidate candidate{distance(name), name};
  if (candidate.distance > farthest()) return;
  if (std::any_of(best_.begin(), best_.end(), [&](const Candidate& c) { return c.name == name; })) return;
  const auto at = std::upper_bound(best_.begin(), best_.end(), candidate,
                                   [](const Candidate& a, const Candidate& b) { return a.distance < b.distance; });
  best_.insert(at, candidate);
  if (best_.size() > kept) best_.pop_back();
}

std::string Nearest::suggestion() const {
  std::string text;
  for (std::size_t i = 0; i < best_.size(); ++i)
    text += (i == 0 ? "; did you mean '" : i + 1 == best_.size() ? "' or '" : "', '") + printable(best_[i].name);
  return text.empty() ? text : text + "'?";
}

}  // namespace btfkit::detail
