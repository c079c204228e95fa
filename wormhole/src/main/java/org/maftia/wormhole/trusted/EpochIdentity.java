package org.maftia.wormhole.trusted;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.EpochKeys;
import org.maftia.wormhole.certificate.Kind;
import org.maftia.wormhole.certificate.SigningKey;
import org.maftia.wormhole.certificate.Statement;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.frame.Handshake;

/** The keys of one epoch, made when it begins, and the identity key's certificate for them. */
public final class EpochIdentity {
    final KeyPair signing;
    final KeyPair agreement;
    final SigningKey identityKey;
    final byte[] evidence;

    EpochIdentity(Setup setup, SecureRandom random) {
        Setup.Kept kept = setup.kept();
        this.signing = kept != null ? kept.signing() : signingPair(random);
        this.agreement = kept != null ? kept.agreement() : Handshake.pair(random);
        this.identityKey = publicKey(setup.identity());
        int statement = Kind.EPOCH.statementLength();
        this.evidence = new byte[statement + 1 + TagProfile.P256.length()];
        int body = Statement.header(evidence, 0, Kind.EPOCH, setup.group(), setup.ttcb(), setup.epoch());
        BigEndian.u64(evidence, body, setup.previousEpoch());
        System.arraycopy(publicKey(signing).toBytes(), 0, evidence, body + 8, EpochKeys.SIGNING_LENGTH);
        System.arraycopy(
                Handshake.publicBytes(agreement),
                0,
                evidence,
                body + 8 + EpochKeys.SIGNING_LENGTH,
                Handshake.KEY_LENGTH);
        BigEndian.u8(evidence, statement, TagProfile.P256.code());
        Signature identity = P256Sealer.signature(setup.identity().getPrivate(), random);
        P256Sealer.sign(identity, evidence, 0, statement, evidence, statement + 1);
    }

    /** The public halves, as the EPOCH certificate and trusted views carry them. */
    EpochKeys keys() {
        return EpochKeys.at(evidence, Kind.HEADER_LENGTH + 8);
    }

    /** A fresh pair on P-256. */
    public static KeyPair signingPair(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no P-256", e);
        }
    }

    /** The public half, as certificates carry it. */
    public static SigningKey publicKey(KeyPair pair) {
        ECPublicKey key = (ECPublicKey) pair.getPublic();
        byte[] bytes = new byte[SigningKey.LENGTH];
        copy(key.getW().getAffineX(), bytes, 0);
        copy(key.getW().getAffineY(), bytes, 32);
        return SigningKey.of(bytes);
    }

    private static void copy(BigInteger coordinate, byte[] out, int at) {
        byte[] big = coordinate.toByteArray(); // shorter than 32 bytes, or longer by a zero for the sign
        int length = Math.min(big.length, 32);
        System.arraycopy(big, big.length - length, out, at + 32 - length, length);
    }
}
