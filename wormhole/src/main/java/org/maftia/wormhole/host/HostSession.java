package org.maftia.wormhole.host;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.Capabilities;
import org.maftia.wormhole.Identity;
import org.maftia.wormhole.Refusal;
import org.maftia.wormhole.RefusedException;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Certificate;
import org.maftia.wormhole.certificate.Eid;
import org.maftia.wormhole.certificate.EpochCertificate;
import org.maftia.wormhole.certificate.PublicSeal;
import org.maftia.wormhole.certificate.SigningKey;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.frame.CapabilityCodec;
import org.maftia.wormhole.frame.Frame;
import org.maftia.wormhole.frame.Handshake;

/** One session: numbers and authenticates requests, and takes no reply but that of the component it greeted. */
final class HostSession {
    private static final Refusal[] REFUSALS = Refusal.values();

    private final Transport transport;
    private final byte[] request = new byte[Frame.LENGTH];
    private final byte[] reply = new byte[Frame.LENGTH];
    private final Identity identity;
    private final Mac out;
    private final Mac in;
    private final Eid eid;
    private long sequence;

    private HostSession(Transport transport, @Nullable SigningKey expected, SecureRandom random)
            throws GeneralSecurityException {
        this.transport = transport;
        this.identity = greet(expected);
        KeyPair own = Handshake.pair(random);
        byte[] ownKey = Handshake.publicBytes(own);
        System.arraycopy(ownKey, 0, request, Frame.PAYLOAD, ownKey.length);
        exchange(Frame.HELLO, ownKey.length);
        Eid named = Eid.at(reply, Frame.PAYLOAD);
        int keyAt = Frame.PAYLOAD + Eid.LENGTH;
        byte[] peerKey = Arrays.copyOfRange(reply, keyAt, keyAt + Handshake.KEY_LENGTH);
        byte[] transcript = Handshake.transcript(ownKey, peerKey, named);
        if (payloadLength() != Eid.LENGTH + Handshake.KEY_LENGTH + TagProfile.P256.length()
                || !new PublicSeal(identity.evidence().keys().signing())
                        .verify(transcript, 0, transcript.length, reply, keyAt + Handshake.KEY_LENGTH)) {
            throw new StoppedException("what answers is not the component of this epoch");
        }
        SecretKey[] keys = Handshake.sessionKeys(own.getPrivate(), peerKey, transcript);
        this.out = Mac.getInstance("HmacSHA256");
        out.init(keys[0]);
        this.in = Mac.getInstance("HmacSHA256");
        in.init(keys[1]);
        this.eid = named;
    }

    static HostSession open(Transport transport, @Nullable SigningKey expected, SecureRandom random) {
        try {
            return new HostSession(transport, expected, random);
        } catch (InvalidKeyException e) {
            throw new StoppedException("what answers offers no key", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java lacks an algorithm", e);
        }
    }

    /** Asks who is there; believes only the identity key. */
    private Identity greet(@Nullable SigningKey expected) {
        exchange(Frame.IDENTITY, 0);
        SigningKey key = SigningKey.of(Arrays.copyOfRange(reply, Frame.PAYLOAD, Frame.PAYLOAD + SigningKey.LENGTH));
        Certificate evidence = Certificate.decode(
                reply, Frame.PAYLOAD + SigningKey.LENGTH, Math.max(0, payloadLength() - SigningKey.LENGTH));
        if ((expected != null && !expected.equals(key))
                || !(evidence instanceof EpochCertificate epoch)
                || !new PublicSeal(key).verify(epoch)) {
            throw new StoppedException("what answers is another component, or none");
        }
        return new Identity(epoch.header(), key, epoch);
    }

    Capabilities capabilities() {
        Arrays.fill(request, (byte) 0);
        exchange(Frame.CAPABILITIES, 0);
        return CapabilityCodec.read(reply, Frame.PAYLOAD, payloadLength());
    }

    byte[] attestation() {
        Arrays.fill(request, (byte) 0);
        exchange(Frame.ATTESTATION, 0);
        return Arrays.copyOfRange(reply, Frame.PAYLOAD, Frame.PAYLOAD + Math.min(payloadLength(), Frame.PAYLOAD_MAX));
    }

    Eid party() {
        return eid;
    }

    Identity identity() {
        return identity;
    }

    byte[] request() {
        return request;
    }

    byte[] reply() {
        return reply;
    }

    /** Sends the payload that stands in the request; gives the length of the reply's. */
    int call(int operation, int length) {
        BigEndian.u16(request, Frame.SLOT, eid.slot());
        BigEndian.u64(request, Frame.SEQUENCE, ++sequence);
        BigEndian.u8(request, Frame.OPERATION, operation);
        BigEndian.u16(request, Frame.PAYLOAD_LENGTH, length);
        mac(out, request, Frame.PAYLOAD + length, request, Frame.MAC);
        transport.exchange(request, reply);
        int written = payloadLength();
        byte[] computed = new byte[Frame.MAC_LENGTH];
        if (written <= Frame.PAYLOAD_MAX) {
            mac(in, reply, Frame.PAYLOAD + written, computed, 0);
        }
        if (!Arrays.equals(computed, 0, Frame.MAC_LENGTH, reply, Frame.MAC, Frame.LENGTH)
                || BigEndian.u64(reply, Frame.SEQUENCE) != sequence
                || BigEndian.u8(reply, Frame.OPERATION) != operation) {
            throw new StoppedException("the session is broken");
        }
        refuse();
        return written;
    }

    private static void mac(Mac mac, byte[] bytes, int length, byte[] target, int at) {
        mac.update(bytes, 0, length);
        try {
            mac.doFinal(target, at);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no room for a MAC", e);
        }
    }

    /** An operation before there is a session. */
    private void exchange(int operation, int length) {
        BigEndian.u8(request, Frame.OPERATION, operation);
        BigEndian.u16(request, Frame.PAYLOAD_LENGTH, length);
        transport.exchange(request, reply);
        refuse();
    }

    private void refuse() {
        int code = BigEndian.u8(reply, Frame.CODE);
        if (code > 0) {
            throw new RefusedException(code <= REFUSALS.length ? REFUSALS[code - 1] : Refusal.UNKNOWN_OPERATION);
        }
    }

    private int payloadLength() {
        return BigEndian.u16(reply, Frame.PAYLOAD_LENGTH);
    }

    void close() {
        transport.close();
    }
}
