#include "links.hpp"

namespace btfkit::detail {

Links::Links(const Spec& spec) {
  rows_.reserve(spec.end_id());
  rows_.push_back({0, Kind::Void, false});
  for (const Type type : spec.all_types()) {
    const bool leads = leads_on.has(type.kind()) || type.kind() == Kind::Typedef;
    rows_.push_back({leads ? led_to(type) : type.id(), type.kind(), *type.c_name() != '\0'});
  }
}

}  // namespace btfkit::detail
