#pragma once

namespace httplib {
struct Request;
}

namespace cardvault {

/// Rewrites a target in absolute form (RFC 9112, 3.2.2), "http://host/v1/cards?limit=1", to the
/// origin form that the routes are written in: "/v1/cards?limit=1". Every server has to accept it;
/// proxies send it. The host is not looked at, as Host is not. Other targets stay as they are, and
/// so does an authority that is empty or holds a user name: no route is found for it.
void to_origin_form(httplib::Request& request);

}  // namespace cardvault
