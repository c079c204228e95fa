/** Tests of all services together. */
@NullMarked
package org.maftia.services;

import org.jspecify.annotations.NullMarked;
