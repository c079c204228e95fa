/**
 * The group's keys in the Java Cryptography Architecture: a provider whose key store shows the keys that the group signs with for
 * others. What it gives as a private key is a handle; {@code keytool}, {@code jarsigner} and TLS servers use it as they use any key.
 *
 * <p>Guarantee: the token, which is the password of the key store, leaves this process never. Each digest is signed for with the
 * caller's key derived from it, so that a gateway can ask the group for nothing else; and a signature is given to the application only
 * once it verifies, under a certificate of the group's root. A gateway can deny, and then the next one is asked.
 *
 * {@snippet :
 * Provider provider = new MaftiaProvider().configure("maftia.properties");
 * KeyStore store = KeyStore.getInstance(MaftiaProvider.STORE, provider);
 * store.load(null, token);
 * PrivateKey handle = (PrivateKey) store.getKey("release", token);
 * Signature signature = Signature.getInstance("SHA256withRSA", provider);
 * signature.initSign(handle);
 * }
 */
@NullMarked
package org.maftia.client.jca;

import org.jspecify.annotations.NullMarked;
