/**
 * Modular powers for secret exponents: native libraries where the host has them, a blinded fallback where not.
 *
 * <p>A share of an RSA signature is one power with a secret exponent, and nearly all the time of a signature goes there.
 * {@link ModularPowers#fastest} takes the fastest of what is installed, after checking that it computes right:
 *
 * <ul>
 *   <li>{@code openssl}: {@code BN_mod_exp_mont_consttime} of libcrypto 3;
 *   <li>{@code gmp}: {@code mpz_powm_sec} of GMP;
 *   <li>{@code java}: {@link java.math.BigInteger}, whose time depends on its operands, behind a random factor on the
 *       base, so that whoever measures does not know what was computed (Kocher, CRYPTO 1996).
 * </ul>
 *
 * The first two run in a time that depends on lengths only. The process needs {@code --enable-native-access}.
 */
@NullMarked
package org.maftia.server.crypto;

import org.jspecify.annotations.NullMarked;
