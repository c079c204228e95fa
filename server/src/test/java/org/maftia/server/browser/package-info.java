/** A real browser at real gateways: Chromium without a window, steered over its DevTools protocol. */
@NullMarked
package org.maftia.server.browser;

import org.jspecify.annotations.NullMarked;
