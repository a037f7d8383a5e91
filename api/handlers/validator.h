#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/keys/live_keyring.h"
#include "vault/cards/view_cards.h"

namespace cardvault::api {

/// The entity tag of an answer to `viewer`: a keyed hash of the body and of everything that selects
/// it (wallet, channel, card, scopes, locale). Two viewers share a tag only if both would get the
/// same body for the same reasons. So a tag of one viewer never confirms the list of another. The
/// hash of the body covers card and bank data, also after a restored backup or in a process with
/// other bank profiles.
///
/// The key is the current request_digest key. So all processes of a vault agree, and a rotation
/// changes every tag. A caller cannot compute the tag of cards that they have not seen. Reads
/// nothing from the store. Errors: vault_sealed, key_unavailable.
[[nodiscard]] Result<std::string> validator_of(const LiveKeyring& keyring, const Viewer& viewer,
                                               std::string_view body);

/// True if the value of If-None-Match is "*" or lists `etag`, a quoted tag. Weak tags match too
/// (RFC 9110, 8.8.3 and 13.1.2). A value that is not a list of entity tags matches nothing.
[[nodiscard]] bool lists_tag(std::string_view if_none_match, std::string_view etag);

}  // namespace cardvault::api
