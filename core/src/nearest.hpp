// Names to suggest in place of one that does not exist.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace btfkit::detail {

class Nearest {
 public:
  /// Of what is longer nobody mistypes only a letter: it is not suggested, and no more of a name than one byte more is needed.
  static constexpr std::size_t longest = 64;

  explicit Nearest(std::string_view wanted) : wanted_(wanted) {}

  /// Whether `name` is near enough to be suggested. Cheap for names that are not: what differs much in length is not compared.
  [[nodiscard]] bool is_near(std::string_view name) const { return distance(name) <= farthest(); }

  /// Keeps `name` if it is among the three nearest so far.
  void offer(std::string_view name);

  /// "; did you mean 'a' or 'b'?", or nothing.
  [[nodiscard]] std::string suggestion() const;

 private:
  [[nodiscard]] std::size_t farthest() const { return wanted_.size() < 3 ? 1 : 1 + wanted_.size() / 4; }
  /// Letters to insert, remove or replace; more than farthest() when it is too far.
  [[nodiscard]] std::size_t distance(std::string_view name) const;

  struct Candidate {
    std::size_t distance;
    std::string_view name;
  };
  std::string_view wanted_;
  std::vector<Candidate> best_;  // nearest first
};

}  // namespace btfkit::detail
