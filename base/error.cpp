#include "base/error.h"

namespace cardvault {

Error invalid_field(std::string field, std::string reason) {
  Error error =
      make_error(ErrorCode::invalid_request,
                 "A member of the request is not valid. Correct the member listed in errors.");
  error.fields.push_back({std::move(field), std::move(reason)});
  return error;
}

}  // namespace cardvault
