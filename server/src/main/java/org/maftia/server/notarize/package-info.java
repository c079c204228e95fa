/**
 * Time-stamps from the client's side: asking a group for one through any of its gateways, and checking one offline. A
 * token is believed because of its signature under the group's key, never because of who delivered it.
 */
@NullMarked
package org.maftia.server.notarize;

import org.jspecify.annotations.NullMarked;
