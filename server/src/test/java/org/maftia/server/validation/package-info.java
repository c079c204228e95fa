@NullMarked
package org.maftia.server.validation;

import org.jspecify.annotations.NullMarked;
