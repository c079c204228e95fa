/** Tests of evaluations. */
@NullMarked
package org.maftia.services.evaluation;

import org.jspecify.annotations.NullMarked;
