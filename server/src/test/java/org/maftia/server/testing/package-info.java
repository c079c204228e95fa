/** What tests of the shell share: certificates, a toy protocol, a group on loopback. */
@NullMarked
package org.maftia.server.testing;

import org.jspecify.annotations.NullMarked;
