/** The trusted party of fair exchange as its parties reach it: through whatever gateway answers, and believing none. */
@NullMarked
package org.maftia.server.exchange;

import org.jspecify.annotations.NullMarked;
