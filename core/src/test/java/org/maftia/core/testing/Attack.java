package org.maftia.core.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The test tries an attack of the register, under its name there. {@code docs/assurance/attacks.md} is made from these,
 * and a test of the register fails where the two differ.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.SOURCE)
@Repeatable(Attack.Several.class)
public @interface Attack {
    /** The name in {@code attacks.txt}. */
    String value();

    /** One test may try several attacks. */
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.SOURCE)
    @interface Several {
        Attack[] value();
    }
}
