package org.maftia.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.RSAPublicKeySpec;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.TestKeys;
import org.maftia.core.trust.SharingFormula;

class RsaThresholdTest {
    private static final byte[] MESSAGE = "to be signed".getBytes(StandardCharsets.UTF_8);

    @Test
    void everyMinimalSetOfTwoOfFourSigns() throws GeneralSecurityException {
        everyMinimalSetSigns(TestKeys.threshold(2, 4), 6);
    }

    @Test
    void everyMinimalSetOfTheGridSigns() throws GeneralSecurityException {
        everyMinimalSetSigns(TestKeys.grid(), 216);
    }

    private static void everyMinimalSetSigns(SharingFormula formula, int count) throws GeneralSecurityException {
        try (RsaDealer.Dealing dealing = TestKeys.deal(RsaEncoding.PKCS1_SHA256, formula, 512, 1)) {
            RsaThreshold threshold = new RsaThreshold(dealing.key());
            SortedMap<Integer, byte[]> shares = shares(threshold, dealing, MESSAGE);
            assertThat(threshold.scheme().minimalSets()).hasSize(count);
            for (List<Integer> set : threshold.scheme().minimalSets()) {
                SortedMap<Integer, byte[]> some = new TreeMap<>();
                set.forEach(leaf -> some.put(leaf, shares.get(leaf)));
                byte[] signature = threshold.combine(MESSAGE, some).orElseThrow();
                assertThat(threshold.verify(MESSAGE, signature)).isTrue();
                assertThat(platformAccepts(dealing.key(), MESSAGE, signature)).isTrue();
            }
        }
    }

    private static boolean platformAccepts(RsaKey key, byte[] message, byte[] signature)
            throws GeneralSecurityException {
        PublicKey publicKey =
                KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(key.modulus(), RsaKey.EXPONENT));
        Signature verifier = Signature.getInstance("SHA256withRSA");
        verifier.initVerify(publicKey);
        verifier.update(message);
        return verifier.verify(signature);
    }

    static SortedMap<Integer, byte[]> shares(RsaThreshold threshold, RsaDealer.Dealing dealing, byte[] message) {
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        TestKeys.signers(threshold, dealing)
                .values()
                .forEach(signer -> signer.leaves().forEach(leaf -> shares.put(leaf, signer.share(message, leaf))));
        return shares;
    }
}
