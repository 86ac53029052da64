#include <btfkit/kernel_version.hpp>

#include "support/catch.hpp"

using namespace btfkit;

TEST_CASE("kernel versions as people and distributions write them") {
  const auto parsed = [](std::string_view text) { return to_string(*KernelVersion::parse(text)); };
  CHECK(parsed("5.4") == "5.4");
  CHECK(parsed("6.12.107-cloud-amd64") == "6.12.107");
  CHECK(parsed("4.18.0-553.el8.x86_64") == "4.18");
  CHECK(parsed("6.6.87.2-microsoft-standard-WSL2") == "6.6.87");
  CHECK(parsed("6.18_1") == "6.18");
  CHECK(parsed("7.3-rc2+") == "7.3");
  CHECK(*KernelVersion::parse("5.10") > *KernelVersion::parse("5.9.200"));
  CHECK(*KernelVersion::parse("6.0") == KernelVersion{6, 0});
  CHECK(latest_kernel > *KernelVersion::parse("65535.0"));
}

TEST_CASE("what is no kernel version is refused, and why") {
  const auto why = [](std::string_view text) {
    const auto version = KernelVersion::parse(text);
    REQUIRE_FALSE(version);
    CHECK(version.error().code == ErrorCode::InvalidArgument);
    return version.error().text;
  };
  CHECK(why("") == "'' is no kernel version: it does not begin with a number below 65536, as 5.4 and 6.12.107-cloud do");
  CHECK(why("v5.4") ==
        "'v5.4' is no kernel version: it does not begin with a number below 65536, as 5.4 and 6.12.107-cloud do");
  CHECK(why("5") == "'5' is no kernel version: a second number is missing, as in 5.4 and 6.12.107-cloud");
  CHECK(why("5.") == "'5.' is no kernel version: a second number is missing, as in 5.4 and 6.12.107-cloud");
  CHECK(why("-5.4") ==
        "'-5.4' is no kernel version: it does not begin with a number below 65536, as 5.4 and 6.12.107-cloud do");
  CHECK(why("5.65536") == "'5.65536' is no kernel version: its second number is not below 65536");
  CHECK(why("5.4.999999999999") == "'5.4.999999999999' is no kernel version: its third number is not below 65536");
  CHECK(why("5.4x") == "'5.4x' is no kernel version: 'x' behind the numbers does not begin with one of - + _ ~ or a dot");
  CHECK(why("5.4.") == "'5.4.' is no kernel version: a number is missing behind the last dot");
  CHECK(why("5.4\x1b[31m") ==
        "'5.4\\x1b[31m' is no kernel version: '\\x1b[31m' behind the numbers does not begin with one of - + _ ~ or a dot");
}
