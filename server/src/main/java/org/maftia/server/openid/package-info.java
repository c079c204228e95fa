/**
 * The gateway of the OpenID provider: OAuth's endpoints, the login page, and what browsers bring of passkeys. It makes the
 * secrets that it hands out, and proves them to the group without showing them; what it believes of a person or a client, the
 * group has judged.
 */
@NullMarked
package org.maftia.server.openid;

import org.jspecify.annotations.NullMarked;
