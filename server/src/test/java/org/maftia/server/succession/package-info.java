/** Tests of what a replica keeps of one configuration after the other. */
@NullMarked
package org.maftia.server.succession;

import org.jspecify.annotations.NullMarked;
