#pragma once

namespace httplib {
struct Request;
}

namespace cardvault {

/// Rewrites a target in absolute form (RFC 9112, 3.2.2), "http://host/v1/cards?limit=1", to the
/// origin form of the routes: "/v1/cards?limit=1". Every server has to accept the absolute form,
/// and proxies send it. The host is ignored, as the Host field is. All other targets stay
/// unchanged. A target with an empty authority or a user name stays unchanged too, so no route
/// matches it.
void to_origin_form(httplib::Request& request);

}  // namespace cardvault
