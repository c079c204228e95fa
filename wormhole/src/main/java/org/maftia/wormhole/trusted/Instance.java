package org.maftia.wormhole.trusted;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.Decision;
import org.maftia.wormhole.TrustedView;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Eid;
import org.maftia.wormhole.certificate.MalformedCertificateException;

/** One block agreement: its terms, what is known of its proposals, and where it stands. */
final class Instance {
    static final int LIST_MAX = 32;

    /** Decision u8, start u64, number of parties u8. */
    static final int TERMS_FIXED = 10;

    final Eid[] list;
    final long startMicros;
    final Decision decision;
    final TrustedView view;

    /** By entry of the list; null where nothing is known to be proposed. */
    byte[] @Nullable [] values;

    boolean over;
    byte @Nullable [] value;
    int okMask;
    int anyMask;

    // Of the profile SYNC.
    int roundsSent;
    int fresh;

    // Of the profile PARTIAL: the acceptor's promise and acceptance, and what the leader of a ballot has heard.
    int ballotsBegun;
    int promised;
    int accepted = -1;
    byte[] @Nullable [] acceptedValues;
    long promises;
    int promisedHighest = -1;
    byte[] @Nullable [] promisedValues;
    int heardBallot = -1;
    long heard;

    private Instance(Eid[] list, long startMicros, Decision decision, TrustedView view) {
        this.list = list;
        this.startMicros = startMicros;
        this.decision = decision;
        this.view = view;
        this.values = nothing();
        this.acceptedValues = nothing();
        this.promisedValues = nothing();
    }

    byte[] @Nullable [] nothing() {
        return new byte[list.length][];
    }

    /** Reads terms; null if they are none. */
    static @Nullable Instance parse(byte[] in, int at, TrustedView view) {
        int code = BigEndian.u8(in, at);
        long start = BigEndian.u64(in, at + 1);
        int count = BigEndian.u8(in, at + 9);
        if (code < 1
                || code > Decision.values().length
                || start < 0
                || count < 1
                || count > LIST_MAX
                || at + TERMS_FIXED + count * Eid.LENGTH > in.length) {
            return null;
        }
        Eid[] list = new Eid[count];
        try {
            for (int k = 0; k < count; k++) {
                list[k] = Eid.at(in, at + TERMS_FIXED + k * Eid.LENGTH);
            }
        } catch (MalformedCertificateException e) {
            return null;
        }
        return new Instance(list, start, Decision.values()[code - 1], view);
    }

    /** Writes terms; gives the offset behind them. */
    int writeTerms(byte[] out, int at) {
        BigEndian.u8(out, at, decision.code());
        BigEndian.u64(out, at + 1, startMicros);
        BigEndian.u8(out, at + 9, list.length);
        for (int k = 0; k < list.length; k++) {
            list[k].copyTo(out, at + TERMS_FIXED + k * Eid.LENGTH);
        }
        return at + termsLength();
    }

    int termsLength() {
        return TERMS_FIXED + list.length * Eid.LENGTH;
    }

    /** What distinguishes agreements: the content of the view, the list in its order, the start, the decision. */
    Digest name() {
        byte[] bytes = new byte[Digest.LENGTH + termsLength()];
        view.content().copyTo(bytes, 0);
        writeTerms(bytes, Digest.LENGTH);
        try {
            return Digest.of(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    /** Which entries of a map have a value. */
    static int mask(byte[] @Nullable [] values) {
        int mask = 0;
        for (int k = 0; k < values.length; k++) {
            mask |= values[k] == null ? 0 : 1 << k;
        }
        return mask;
    }

    /** Takes up proposals that were not known; a party has one only, so what is known stays. */
    void learn(byte[] @Nullable [] told) {
        for (int k = 0; k < list.length; k++) {
            if (values[k] == null && told[k] != null) {
                values[k] = told[k];
                fresh |= 1 << k;
            }
        }
    }

    /** Ends the agreement on this map; what else was proposed came too late. */
    void decide(byte[] @Nullable [] agreed) {
        over = true;
        values = Arrays.copyOf(agreed, agreed.length);
        value = DecisionFunctions.decide(decision, list, values, view);
        anyMask = mask(values);
        okMask = value == null ? 0 : DecisionFunctions.proposers(value, values);
    }
}
