// What a booted kernel told: guest.cpp writes it, boot.cpp keeps it in a file for each image, tests read that.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace btfkit::test {

struct Told {
  long number = 0;  ///< an exit code, -errno, a count
  std::string text;
};

/// One kernel. The file is a sequence of "NAME NUMBER LENGTH\n", LENGTH bytes of text and a line feed.
struct Report {
  std::string image;
  std::map<std::string, Told> facts;

  [[nodiscard]] std::string release() const {
    const auto found = facts.find("release");
    return found == facts.end() ? "" : found->second.text;
  }
  /// "6.12" of 6.12.107-cloud-amd64.
  [[nodiscard]] std::string version() const {
    const std::string full = release();
    return full.substr(0, full.find_first_not_of("0123456789", full.find('.') + 1));
  }
  /// The machine got to its end.
  [[nodiscard]] bool complete() const { return facts.count("done") != 0; }

  static Report read(const std::filesystem::path& path) {
    Report report;
    report.image = path.stem().string();
    std::ifstream file(path, std::ios::binary);
    for (std::string line; std::getline(file, line);) {
      const std::size_t length_at = line.rfind(' ');
      if (length_at == std::string::npos || length_at == 0) break;
      const std::size_t number_at = line.rfind(' ', length_at - 1);
      if (number_at == std::string::npos) break;
      Told told;
      told.number = std::atol(line.c_str() + number_at);
      told.text.resize(static_cast<std::size_t>(std::atol(line.c_str() + length_at)));
      file.read(told.text.data(), static_cast<std::streamsize>(told.text.size()));
      file.ignore(1);
      if (!file) break;
      report.facts[line.substr(0, number_at)] = told;
    }
    return report;
  }

  /// All reports of a folder, the oldest kernel first.
  static std::vector<Report> all(const std::filesystem::path& folder) {
    std::vector<Report> reports;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      if (entry.path().extension() == ".report") reports.push_back(read(entry.path()));
    std::sort(reports.begin(), reports.end(), [](const Report& a, const Report& b) { return a.order() < b.order(); });
    return reports;
  }

 private:
  [[nodiscard]] std::vector<int> order() const {
    std::istringstream words(release());
    std::vector<int> numbers(3);
    char dot = 0;
    words >> numbers[0] >> dot >> numbers[1] >> dot >> numbers[2];
    return numbers;
  }
};

}  // namespace btfkit::test
