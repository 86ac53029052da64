#include "object_data.hpp"

namespace btfkit {

Result<Object> Object::load(const Source& source) { return load(source, {}); }

namespace {

void answer(Loader& loader, Result<Bytes> bytes) {
  if (bytes) loader.feed(std::move(*bytes));
  else loader.fail(std::move(bytes.error()));
}

Result<Bytes> unpack(const LoadOptions& options, const NeedDecode& need) {
  if (options.decode) return options.decode(need.codec, need.packed, need.max_size);
  return unexpected(ErrorCode::NotSupported,
                    "compressed with " + std::string(to_string(need.codec)) + ", and there is no decoder for it");
}

}  // namespace

Result<Object> Object::load(const Source& source, const LoadOptions& options) {
  Loader loader(source.size(), options);
  while (true) {
    Step step = loader.step();
    if (std::holds_alternative<Done>(step)) return loader.take();
    if (auto* error = std::get_if<Error>(&step)) return unexpected(std::move(*error));
    if (auto* need = std::get_if<NeedBytes>(&step)) answer(loader, source.read(need->offset, need->length));
    else if (auto* packed = std::get_if<NeedDecode>(&step)) answer(loader, unpack(options, *packed));
  }
}

Result<Spec> Spec::load(const Source& source) { return load(source, {}); }

Result<Spec> Spec::load(const Source& source, const LoadOptions& options) {
  auto object = Object::load(source, options);
  if (!object) return unexpected(object.error());
  return object->spec();
}

Result<Spec> Spec::load_split(const Source& source, const Spec& base) {
  LoadOptions options;
  options.base = base;
  return load(source, options);
}

const std::vector<Spec>& Object::specs() const { return data_->specs; }
const Bytes& Object::btf() const { return data_->btf; }
const std::optional<Spec>& Object::distilled_base() const { return data_->distilled_base; }
const Container& Object::container() const { return data_->container; }
std::span<const Section> Object::sections() const { return data_->sections; }
std::span<const Symbol> Object::symbols() const { return data_->symbols; }
const Ext* Object::ext() const { return data_->ext ? &*data_->ext : nullptr; }
std::span<const Program> Object::programs() const { return data_->programs; }
std::span<const Error> Object::warnings() const { return data_->warnings; }

}  // namespace btfkit
